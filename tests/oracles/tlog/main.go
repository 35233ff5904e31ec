// Command tlog judges our logs with the libraries that Go's own checksum database and public witnesses use.
//
// It reads one JSON document, recomputes what it claims over the entries "entry 0", "entry 1", …, and writes one:
// every disagreement as a sentence, and notes that it signed for the other side to read.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/transparency-dev/formats/log"
	cosign "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size int64
	Proof       [][]byte
}

type consistency struct {
	Older, Size int64
	Proof       [][]byte
}

type claim struct {
	Roots         map[int64][]byte
	Inclusions    []inclusion
	Consistencies []consistency
	Log, Cosigner string   // verifier keys
	Notes         []string // checkpoints that both signed
	Proofs        []string // tlog-proofs under such a checkpoint
	LogKey        string   // signer keys, for the notes that this program signs
	CosignerKey   string
}

type answer struct {
	Faults []string
	Signed []string
}

type judge struct {
	stored []tlog.Hash
	roots  map[int64]tlog.Hash
	faults []string
}

func (j *judge) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = j.stored[index]
	}
	return found, nil
}

func (j *judge) fault(format string, values ...any) {
	j.faults = append(j.faults, fmt.Sprintf(format, values...))
}

func entry(n int64) []byte { return []byte(fmt.Sprintf("entry %d", n)) }

func main() {
	var given claim
	must(json.NewDecoder(os.Stdin).Decode(&given))
	j := &judge{roots: map[int64]tlog.Hash{}}
	j.grow(given.Roots)
	for _, each := range given.Inclusions {
		j.inclusion(each)
	}
	for _, each := range given.Consistencies {
		j.consistency(each)
	}
	j.notes(given)
	must(json.NewEncoder(os.Stdout).Encode(answer{j.faults, sign(given)}))
}

// grow builds the log up to its largest claimed size and compares every root on the way.
func (j *judge) grow(roots map[int64][]byte) {
	largest := int64(0)
	for size := range roots {
		largest = max(largest, size)
	}
	for n := int64(0); n <= largest; n++ {
		if claimed, asked := roots[n]; asked {
			root, err := tlog.TreeHash(n, j)
			must(err)
			if n == 0 { // x/mod leaves the empty tree's hash at zero; RFC 9162 does not
				root = tlog.Hash(rfc6962.DefaultHasher.EmptyRoot())
			}
			j.roots[n] = root
			if !bytes.Equal(root[:], claimed) {
				j.fault("root of %d", n)
			}
		}
		hashes, err := tlog.StoredHashes(n, entry(n), j)
		must(err)
		j.stored = append(j.stored, hashes...)
	}
}

func (j *judge) inclusion(p inclusion) {
	own, err := tlog.ProveRecord(p.Size, p.Index, j)
	must(err)
	if !same(own, p.Proof) {
		j.fault("inclusion of %d in %d is another path", p.Index, p.Size)
	}
	leaf, root := tlog.RecordHash(entry(p.Index)), j.roots[p.Size]
	if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.Index), uint64(p.Size), leaf[:], p.Proof, root[:]); err != nil {
		j.fault("inclusion of %d in %d: %v", p.Index, p.Size, err)
	}
}

func (j *judge) consistency(p consistency) {
	own, err := tlog.ProveTree(p.Size, p.Older, j)
	must(err)
	if !same(tlog.RecordProof(own), p.Proof) {
		j.fault("consistency of %d in %d is another path", p.Older, p.Size)
	}
	older, root := j.roots[p.Older], j.roots[p.Size]
	if err := merkle.VerifyConsistency(rfc6962.DefaultHasher, uint64(p.Older), uint64(p.Size), p.Proof, older[:], root[:]); err != nil {
		j.fault("consistency of %d in %d: %v", p.Older, p.Size, err)
	}
}

func (j *judge) notes(given claim) {
	logKey, err := note.NewVerifier(given.Log)
	must(err)
	cosigner, err := cosign.NewVerifierForCosignatureV1(given.Cosigner)
	must(err)
	open := func(text []byte) (*log.Checkpoint, error) {
		head, _, opened, err := log.ParseCheckpoint(text, logKey.Name(), logKey, cosigner)
		if err == nil && len(opened.Sigs) != 2 {
			return nil, fmt.Errorf("%d signatures verify", len(opened.Sigs))
		}
		return head, err
	}
	for i, text := range given.Notes {
		if head, err := open([]byte(text)); err != nil {
			j.fault("note %d: %v", i, err)
		} else if root := j.roots[int64(head.Size)]; !bytes.Equal(head.Hash, root[:]) {
			j.fault("note %d has another root", i)
		}
	}
	for i, text := range given.Proofs {
		var read proof.TLogProof
		if err := read.Unmarshal([]byte(text)); err != nil {
			j.fault("proof %d: %v", i, err)
			continue
		}
		head, err := open(read.Checkpoint)
		if err != nil {
			j.fault("proof %d: %v", i, err)
			continue
		}
		leaf := tlog.RecordHash(entry(int64(read.Index)))
		path := make([][]byte, len(read.Hashes))
		for k := range read.Hashes {
			path[k] = read.Hashes[k][:]
		}
		if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, read.Index, head.Size, leaf[:], path, head.Hash); err != nil {
			j.fault("proof %d: %v", i, err)
		}
	}
}

// sign returns checkpoints that these libraries sign and cosign, for us to read.
func sign(given claim) []string {
	signer, err := note.NewSigner(given.LogKey)
	must(err)
	cosigner, err := cosign.NewSignerForCosignatureV1(given.CosignerKey)
	must(err)
	signed := []string{}
	for size, root := range given.Roots {
		if size%500 == 7 {
			head := log.Checkpoint{Origin: signer.Name(), Size: uint64(size), Hash: root}
			text, err := note.Sign(&note.Note{Text: string(head.Marshal())}, signer, cosigner)
			must(err)
			signed = append(signed, string(text))
		}
	}
	return signed
}

func same(own tlog.RecordProof, path [][]byte) bool {
	if len(own) != len(path) {
		return false
	}
	for i := range own {
		if !bytes.Equal(own[i][:], path[i]) {
			return false
		}
	}
	return true
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
