package fr;

import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.AnalyzerScope;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/** Gives the bare core of Elasticsearch the `french` analyzer of the whole one: Lucene's, as it stands. For measures. */
public class FrenchAnalysisPlugin extends Plugin implements AnalysisPlugin {
  @Override
  public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
    return Map.of("french", (index, environment, name, settings) -> new AnalyzerProvider<FrenchAnalyzer>() {
      private final FrenchAnalyzer analyzer = new FrenchAnalyzer();

      @Override
      public String name() {
        return name;
      }

      @Override
      public AnalyzerScope scope() {
        return AnalyzerScope.INDEX;
      }

      @Override
      public FrenchAnalyzer get() {
        return analyzer;
      }
    });
  }
}
