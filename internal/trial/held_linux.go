package trial

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// HeldBy reports for a port whether a process holds it. Where the system does not
// say it is taken to: the start finds out.
func HeldBy(process int) func(network, address string) bool {
	return func(network, address string) bool {
		_, portText, err := net.SplitHostPort(address)
		if err != nil {
			return true
		}
		port, err := strconv.Atoi(portText)
		if err != nil {
			return true
		}
		inodes, err := socketsOf(process)
		if err != nil {
			return true
		}
		found := false
		for _, table := range []string{network[:3], network[:3] + "6"} {
			for inode := range listeners(fmt.Sprintf("/proc/%d/net/%s", process, table), port) {
				if inodes[inode] {
					return true
				}
				found = true
			}
		}
		return !found
	}
}

// socketsOf are the inodes of a process's sockets.
func socketsOf(process int) (map[string]bool, error) {
	folder := fmt.Sprintf("/proc/%d/fd/", process)
	entries, err := os.ReadDir(folder)
	inodes := map[string]bool{}
	for _, entry := range entries {
		target, err := os.Readlink(folder + entry.Name())
		if inode, ok := strings.CutPrefix(target, "socket:["); ok && err == nil {
			inodes[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return inodes, err
}

// stateListen is TCP_LISTEN.
const stateListen = "0A"

// listeners returns the inodes of sockets that listen on a port: of UDP all, of TCP
// those in the state LISTEN. See proc_net_tcp.txt of the Linux kernel.
func listeners(table string, port int) map[string]bool {
	found := map[string]bool{}
	file, err := os.Open(table) //nolint:gosec // of /proc
	if err != nil {
		return found
	}
	defer file.Close()
	suffix := fmt.Sprintf(":%04X", port)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		// sl local_address rem_address st … inode is the tenth.
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || !strings.HasSuffix(fields[1], suffix) {
			continue
		}
		if strings.Contains(table, "tcp") && fields[3] != stateListen {
			continue
		}
		found[fields[9]] = true
	}
	return found
}
