package check

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
)

// Machine is what a configuration runs on.
type Machine struct {
	// MemoryBytes is the memory of the machine, or of the container where that has less;
	// 0 where it is not known.
	MemoryBytes int64
	// Unset says whether an environment variable has no value.
	Unset func(name string) bool
}

// ThisMachine reads what this process runs on.
func ThisMachine() Machine {
	memory := int64(0)
	for _, path := range []string{
		"/sys/fs/cgroup/memory.max",                   // https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
		"/sys/fs/cgroup/memory/memory.limit_in_bytes", // https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
	} {
		raw, err := os.ReadFile(path) //nolint:gosec // one of the two above
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err == nil {
			memory = limit // "max" where there is none
		}
	}
	if total := memTotal(); memory == 0 || total > 0 && total < memory {
		memory = total
	}
	return Machine{MemoryBytes: memory, Unset: func(name string) bool { return os.Getenv(name) == "" }}
}

// memTotal is the memory of the machine in bytes, 0 where the kernel does not say.
// https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
func memTotal() int64 {
	raw, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "MemTotal:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}
