package clocktest_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/clocktest"
)

// tellTime makes the test binary a program that writes the time, and how long it
// has run, for each line that it reads.
const tellTime = "CLOCKTEST_TELL_TIME"

func TestMain(m *testing.M) {
	if os.Getenv(tellTime) == "" {
		os.Exit(m.Run())
	}
	start := time.Now()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(time.Now().Unix(), time.Since(start).Seconds())
	}
}

// TestShift moves the clock of another process there and back. How long it has run,
// by its monotonic clock, does not change.
func TestShift(t *testing.T) {
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), tellTime+"=1")
	in, err := program.StdinPipe()
	require.NoError(t, err)
	out, err := program.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, program.Start())
	t.Cleanup(func() { _ = program.Process.Kill(); _ = program.Wait() })
	clock, err := clocktest.Attach(program.Process.Pid)
	if err != nil {
		t.Skipf("the clock of another process cannot be moved here: %v", err)
	}
	answers := bufio.NewScanner(out)
	for _, by := range []time.Duration{0, 30 * 24 * time.Hour, -400 * 24 * time.Hour, 0} {
		require.NoError(t, clock.Shift(by))
		_, err := io.WriteString(in, "\n")
		require.NoError(t, err)
		require.True(t, answers.Scan(), "the program ended")
		wall, monotonic, _ := strings.Cut(answers.Text(), " ")
		seconds, err := strconv.ParseInt(wall, 10, 64)
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(by), time.Unix(seconds, 0), time.Minute)
		ran, err := strconv.ParseFloat(monotonic, 64)
		require.NoError(t, err)
		assert.Less(t, ran, 60.0)
	}
}
