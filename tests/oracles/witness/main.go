// Command witness is the witness of transparency-dev/witness as `omniwitness` serves it, for one log, in memory.
//
// The handler of `POST /add-checkpoint` and all that it decides are theirs; left out are the stores, the metrics and
// the bastion, which would bring a hundred modules. It listens on a free port, and says its address on one line.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	cosign "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	signer, err := cosign.NewSignerForCosignatureV1(os.Getenv("WITNESS_KEY"))
	must(err)
	log, err := note.NewVerifier(os.Getenv("LOG_KEY"))
	must(err)
	made, err := witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{signer},
		VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
			return log, origin == log.Name(), nil
		},
	})
	must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	http.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(made).AddCheckpoint)
	fmt.Printf("http://%s\n", listener.Addr())
	must(http.Serve(listener, nil))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
