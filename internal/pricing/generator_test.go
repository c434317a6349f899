package pricing

import (
	"os/exec"
	"testing"
)

// The committed list is what the generator writes from the pinned package, and the generator's own tests pass.
func TestTheCommittedListIsWhatTheGeneratorWrites(t *testing.T) {
	needsPackage(t, "gen/node_modules/@pydantic/genai-prices", "npm --prefix internal/pricing/gen ci")
	node, err := exec.LookPath("node")
	if err != nil {
		skipOutsideCI(t, "node is not installed")
	}
	for _, args := range [][]string{{"generate.mjs", "--check"}, {"--test"}} {
		cmd := exec.CommandContext(t.Context(), node, args...)
		cmd.Dir = "gen"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("node %v: %v\n%s", args, err, out)
		}
	}
}
