// Sends one file piece by piece, over any link: tus, tried again as long as the network says it is there.
// Gives { ended, abort }: `ended` resolves to "done", "held", "broken", "signed-out", or the sentence of a refusal.
function pieces(file, { endpoint, place, headers, metadata, opened, moved, again }) {
  let upload, stop;
  const ended = new Promise(done => {
    stop = done;
    upload = new tus.Upload(file, {
      endpoint, headers, metadata,
      uploadUrl: place || null,
      chunkSize: 1 << 20,
      retryDelays: [0, 1000, 3000, 6000, 12000, 20000, 30000, 60000],
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => opened(new URL(upload.url, location.href).pathname),
      onProgress: (sent, total) => moved(sent / total),
      onShouldRetry: error => {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        const worth = navigator.onLine && (status === 0 || status === 409 || status === 423 || status >= 500);
        if (worth) again();
        return worth;
      },
      onSuccess: () => done("done"),
      onError: error => {
        const answer = error.originalResponse;
        if (!answer || answer.getStatus() >= 500) return done("broken");
        done(answer.getStatus() === 401 ? "signed-out" : sentenceIn(answer.getBody()) || "broken");
      },
    });
    upload.start();
  });
  return { ended, abort: () => { upload.abort(); stop("held"); } };
}
function sentenceIn(body) { try { return JSON.parse(body).title; } catch { return ""; } }
