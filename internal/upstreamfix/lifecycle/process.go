package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/trial"
)

// StopVariable names how long a stop may take, as Go writes durations.
const StopVariable = "OTELCOL_STOP_TIMEOUT"

// defaultStop is less than the ten seconds after which container runtimes kill.
const defaultStop = 9 * time.Second

// StopTimeout reads the variable.
func StopTimeout(lookup func(string) string) (time.Duration, error) {
	text := lookup(StopVariable)
	if text == "" {
		return defaultStop, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit <= 0 {
		return 0, fmt.Errorf("%s: %q is not a duration above zero, such as 30s", StopVariable, text)
	}
	return limit, nil
}

// Restart puts this process in its own place, with the same arguments, environment
// and id.
func Restart() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(path, os.Args, os.Environ()) //nolint:gosec // this program, as it was called
}

// trialLimit bounds a trial, which has a bound of its own, with its start and end.
const trialLimit = 45 * time.Second

// Trial tries the configuration of this process in another one, a command of this
// program that takes the same flags.
func Trial(command string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, trialLimit)
		defer cancel()
		folder, err := trial.Folder()
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		path, err := program()
		if err != nil {
			return fmt.Errorf("it cannot be tried: %w", err)
		}
		args := append([]string{command, "--folder", folder, "--holder", strconv.Itoa(os.Getpid())}, os.Args[1:]...)
		cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // this program
		var out bytes.Buffer
		cmd.Stderr = &out
		cmd.WaitDelay = time.Second
		apart(cmd)
		return outcome(cmd.Run(), out.String())
	}
}

// program is the one that runs, though another may be at its path by now.
func program() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// outcome makes the reason of how a trial ended and what it wrote.
func outcome(err error, text string) error {
	for line := range strings.Lines(text) {
		if reason, ok := strings.CutPrefix(line, "Error: "); ok && err != nil {
			return errors.New(strings.TrimSpace(reason))
		}
	}
	if err != nil {
		return fmt.Errorf("its trial did not end in an orderly way (%w), perhaps for want of memory or of permission to run another process", err)
	}
	return nil
}
