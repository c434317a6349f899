package e2e

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Listening are the addresses on which the collector takes connections or packets
// now, sorted, as Linux has them.
func (c *Collector) Listening(t testing.TB) []string {
	t.Helper()
	process := filepath.Join("/proc", strconv.Itoa(c.process.Process.Pid))
	open := map[string]bool{} // inodes of its sockets
	descriptors, err := os.ReadDir(filepath.Join(process, "fd"))
	require.NoError(t, err)
	for _, descriptor := range descriptors {
		target, err := os.Readlink(filepath.Join(process, "fd", descriptor.Name()))
		if inode, ok := strings.CutPrefix(target, "socket:["); err == nil && ok {
			open[strings.TrimSuffix(inode, "]")] = true
		}
	}
	const listens, unconnected = "0A", "07" // states of TCP and UDP, proc_net_tcp(5)
	var found []string
	for table, state := range map[string]string{"tcp": listens, "tcp6": listens, "udp": unconnected, "udp6": unconnected} {
		raw, err := os.ReadFile(filepath.Join(process, "net", table))
		if err != nil {
			continue // a kernel without IPv6
		}
		for line := range strings.Lines(string(raw)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == state && open[f[9]] {
				found = append(found, address(t, f[1]))
			}
		}
	}
	slices.Sort(found)
	return found
}

// address reads an address of /proc/net: words of four bytes in the machine's order,
// which is little-endian, and a port.
func address(t testing.TB, text string) string {
	t.Helper()
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	require.NoError(t, err)
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	number, err := strconv.ParseUint(port, 16, 16)
	require.NoError(t, err)
	return net.JoinHostPort(net.IP(raw).String(), strconv.FormatUint(number, 10))
}

// dialled is a line of strace that connects over IPv4 or IPv6.
var dialled = regexp.MustCompile(`connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")`)

// Trace has collectors that the test starts from now on followed by strace. What it
// returns tells the addresses that they have dialled, also those that did not answer.
// Where strace is not installed the test is skipped; in CI it fails.
func Trace(t testing.TB) func() []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		Lacking(t, "strace is missing")
	}
	if said, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("no process may be traced here: %v: %s", err, said)
	}
	dir := t.TempDir()
	wrapper, record := filepath.Join(dir, "traced"), filepath.Join(dir, "record")
	// -D leaves the collector the child of the test, so that signals reach it.
	script := fmt.Sprintf("#!/bin/sh\nexec %s -D -f -e trace=connect -A -o %s %s \"$@\"\n", strace, record, Binary(t))
	require.NoError(t, os.WriteFile(wrapper, []byte(script), 0o700))
	t.Setenv(BinaryVariable, wrapper)
	return func() []string {
		raw, err := os.ReadFile(record)
		require.NoError(t, err)
		all := map[string]bool{}
		for _, f := range dialled.FindAllStringSubmatch(string(raw), -1) {
			all[net.JoinHostPort(f[2]+f[3], f[1])] = true
		}
		var sorted []string
		for address := range all {
			sorted = append(sorted, address)
		}
		slices.Sort(sorted)
		return sorted
	}
}
