package ged.tests;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.fr.FrenchMinimalStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Registers {@code elision}, {@code asciifolding} and {@code stemmer} under the names and settings that a
 * full Elasticsearch gives them, over the same Lucene classes. For tests only: the distribution that can be
 * had as a Maven artifact lacks the module that owns these names. It holds no analysis of its own.
 */
public final class FrenchAnalysis extends Plugin implements AnalysisPlugin {

  private static final List<String> ARTICLES = List.of("l", "m", "t", "qu", "n", "s", "j", "d", "c");

  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of(
        "asciifolding", (index, environment, name, settings) -> folding(name, settings),
        "elision", (index, environment, name, settings) -> elision(name, settings),
        "stemmer", (index, environment, name, settings) -> stemmer(name, settings));
  }

  private static TokenFilterFactory folding(String name, Settings settings) {
    boolean preserve = settings.getAsBoolean("preserve_original", false);
    // Normalizing, so that keyword normalizers accept it too, as on a full server.
    return new NormalizingTokenFilterFactory() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public TokenStream create(TokenStream tokens) {
        return new ASCIIFoldingFilter(tokens, preserve);
      }

      @Override
      public TokenStream normalize(TokenStream tokens) {
        return new ASCIIFoldingFilter(tokens);
      }
    };
  }

  private static TokenFilterFactory elision(String name, Settings settings) {
    boolean ignoreCase = settings.getAsBoolean("articles_case", false);
    CharArraySet articles = new CharArraySet(settings.getAsList("articles", ARTICLES), ignoreCase);
    return filter(name, tokens -> new ElisionFilter(tokens, articles));
  }

  private static TokenFilterFactory stemmer(String name, Settings settings) {
    // The server also makes every filter once without settings; a full one then stems English.
    String language = settings.get("language", settings.get("name", "light_french"));
    return switch (language) {
      case "light_french" -> filter(name, FrenchLightStemFilter::new);
      case "minimal_french" -> filter(name, FrenchMinimalStemFilter::new);
      default -> throw new IllegalArgumentException("this test plugin knows no stemmer for [" + language + "]");
    };
  }

  private static TokenFilterFactory filter(String name, UnaryOperator<TokenStream> wrap) {
    return new TokenFilterFactory() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public TokenStream create(TokenStream tokens) {
        return wrap.apply(tokens);
      }
    };
  }
}
