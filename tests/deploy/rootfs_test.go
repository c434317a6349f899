package deploy

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// serviceUser is the user of the image and, in these tests, of the systemd unit.
const serviceUser = 10001

// rootfs is a file system of its own for one process, in which only the folders that
// a container or unit is given can be written: all else belongs to root, and the
// process does not.
type rootfs struct {
	t    *testing.T
	path string
}

// newRootfs is empty. The test is skipped where nobody can be another user.
func newRootfs(t *testing.T) *rootfs {
	t.Helper()
	if os.Getuid() != 0 {
		e2e.Lacking(t, "running a process as another user in a file system of its own needs root")
	}
	path := t.TempDir()
	// The folders above belong to the test and may be closed to others.
	for above := path; above != filepath.Clean(os.TempDir()) && above != "/"; above = filepath.Dir(above) {
		require.NoError(t, os.Chmod(above, 0o755))
	}
	return &rootfs{t, path}
}

// within is a path of the process as one of the test.
func (r *rootfs) within(path string) string { return filepath.Join(r.path, path) }

// folder makes a folder with a mode that belongs to a user.
func (r *rootfs) folder(path string, mode os.FileMode, user int) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(r.within(path), 0o755))
	require.NoError(r.t, os.Chmod(r.within(path), mode))
	require.NoError(r.t, os.Chown(r.within(path), user, user))
}

// file writes a file that belongs to root, and whose group is the service's.
func (r *rootfs) file(path string, content []byte, mode os.FileMode) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.within(path)), 0o755))
	require.NoError(r.t, os.WriteFile(r.within(path), content, mode))
	require.NoError(r.t, os.Chmod(r.within(path), mode))
	require.NoError(r.t, os.Chown(r.within(path), 0, serviceUser))
}

// binary puts the collector there.
func (r *rootfs) binary(path string) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.within(path)), 0o755))
	from, err := os.Open(e2e.Binary(r.t))
	require.NoError(r.t, err)
	defer from.Close()
	to, err := os.OpenFile(r.within(path), os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(r.t, err)
	_, err = io.Copy(to, from)
	require.NoError(r.t, err)
	require.NoError(r.t, to.Close())
}

// configurations copies config/ there.
func (r *rootfs) configurations(path string) {
	r.t.Helper()
	require.NoError(r.t, os.CopyFS(r.within(path), os.DirFS(filepath.Join(root, "config"))))
}

// command runs a program of the file system as the service's user, with an
// environment of its own.
func (r *rootfs) command(dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append([]string{"PATH=/usr/bin:/bin"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     r.path,
		Credential: &syscall.Credential{Uid: serviceUser, Gid: serviceUser, NoSetGroups: false},
	}
	return cmd
}

// image is what deploy/docker/Dockerfile makes.
type image struct {
	*rootfs
	env        []string
	dir        string
	entrypoint string
}

// instruction is one of the Dockerfile's last stage.
var instruction = regexp.MustCompile(`(?m)^(ENV|USER|WORKDIR|ENTRYPOINT|COPY|VOLUME) (.*)$`)

// unpack makes the file system of the image by the instructions of the Dockerfile's
// last stage, without what it is built with. readOnly has the root belong to root,
// as a container with a read-only root has it, but for its volumes.
func unpack(t *testing.T, readOnly bool) *image {
	t.Helper()
	dockerfile := read(t, "deploy", "docker", "Dockerfile")
	_, last, ok := strings.Cut(dockerfile, "\nFROM scratch\n")
	require.True(t, ok)
	i := &image{rootfs: newRootfs(t), env: nil}
	for _, found := range instruction.FindAllStringSubmatch(last, -1) {
		switch found[1] {
		case "COPY":
			i.copy(strings.Fields(found[2]), dockerfile, readOnly)
		case "ENV":
			i.env = append(i.env, found[2])
		case "USER":
			require.Equal(t, strconv.Itoa(serviceUser)+":"+strconv.Itoa(serviceUser), found[2])
		case "WORKDIR":
			i.dir = found[2]
		case "ENTRYPOINT":
			i.entrypoint = strings.Trim(found[2], `[]"`)
		case "VOLUME":
			i.folder(found[2], 0o755, serviceUser)
		}
	}
	return i
}

// copy does what a COPY of the last stage does.
func (i *image) copy(fields []string, dockerfile string, readOnly bool) {
	i.t.Helper()
	from, to := fields[len(fields)-2], fields[len(fields)-1]
	switch from {
	case "/etc/ssl/certs/ca-certificates.crt": // of the image that builds; no test asks a stranger
		i.file(to+"ca-certificates.crt", nil, 0o644)
	case "/src/config":
		i.configurations(to)
	case "/rootfs/":
		made := regexp.MustCompile(`mkdir -p (.*)`).FindStringSubmatch(dockerfile)
		require.NotNil(i.t, made)
		for path := range strings.FieldsSeq(made[1]) {
			owner := serviceUser
			if readOnly {
				owner = 0
			}
			i.folder(strings.TrimPrefix(path, "/rootfs"), 0o755, owner)
		}
	case "/otelcol-llm":
		i.binary(to)
	default:
		i.t.Fatalf("what is COPY %s?", from)
	}
}

// run starts the image with further variables and arguments.
func (i *image) run(env []string, args ...string) *e2e.Collector {
	i.t.Helper()
	c := e2e.LaunchCommand(i.t, i.command(i.dir, append(i.env, env...), i.entrypoint, args...))
	c.Dir = i.within(i.dir)
	require.NoError(i.t, c.WaitHealthy(), "the collector's log:\n%s", c.Log())
	return c
}
