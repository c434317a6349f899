package terminal

import (
	"io"
	"os"
	"os/exec"

	"golang.org/x/term"
)

// Page runs write with a pager behind it where out is a terminal and PAGER, or less, is
// there. It is not an error that a person leaves the pager early.
func Page(out io.Writer, write func(s *Screen) error) error {
	screen := NewScreen(out)
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return write(screen)
	}
	cmd := pager()
	if cmd == nil {
		return write(screen)
	}
	cmd.Stdout, cmd.Stderr = file, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return write(screen)
	}
	screen.out = &quiet{in}
	err = write(screen)
	_ = in.Close()
	_ = cmd.Wait()
	return err
}

func pager() *exec.Cmd {
	name, given := os.LookupEnv("PAGER")
	switch {
	case given && (name == "" || name == "cat"):
		return nil
	case given:
		return withLess(exec.Command("sh", "-c", name)) //nolint:gosec // the person's own PAGER
	}
	path, err := exec.LookPath("less")
	if err != nil {
		return nil
	}
	return withLess(exec.Command(path)) //nolint:gosec // less, where the person's PATH has it
}

// withLess has less show colours, leave at once what fits the screen, and cut nothing.
func withLess(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		cmd.Env = append(cmd.Env, "LESS=FRX")
	}
	return cmd
}

// quiet ignores what can no longer be written: the pager was left.
type quiet struct{ io.Writer }

func (q *quiet) Write(p []byte) (int, error) {
	_, _ = q.Writer.Write(p)
	return len(p), nil
}
