package redact

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZCorpus(t *testing.T) {
	r := newRedactor(t)
	type hit struct{ rule, text string }
	var hits []hit
	files, size := 0, 0
	root := os.Getenv("ZROOT")
	exts := os.Getenv("ZEXT")
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || files > 40000 {
			return nil
		}
		if !strings.Contains(exts, filepath.Ext(p)+" ") || filepath.Ext(p) == "" || strings.Contains(p, "/redact") {
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil || len(raw) > 500000 {
			return nil
		}
		files++
		size += len(raw)
		_, found := r.String("", string(raw))
		for _, f := range found {
			hits = append(hits, hit{f.Rule, fmt.Sprintf("%q", string(raw[max(0, f.Start-50):f.Start])+"⟦"+string(raw[f.Start:min(f.End, f.Start+80)])+"⟧"+string(raw[f.End:min(len(raw), f.End+15)])) + " " + filepath.Base(p)})
		}
		return nil
	})
	counts := map[string]int{}
	rand.Shuffle(len(hits), func(i, j int) { hits[i], hits[j] = hits[j], hits[i] })
	for _, h := range hits {
		counts[h.rule]++
		if counts[h.rule] <= 60 && !strings.HasPrefix(h.rule, "pii.email") {
			fmt.Println(h.rule, h.text)
		}
	}
	fmt.Println(files, "files", size, "bytes", counts)
}
