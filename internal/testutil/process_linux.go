package testutil

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// ProcessCPU is the processor time that another process has used, in its own code
// and in the kernel, to a hundredth of a second; 0 where it has ended.
func ProcessCPU(pid int) time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name, in parentheses, may have spaces. User and system time are the
	// 14th and 15th field, proc(5).
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}

// ProcessPeakMemory is the most resident memory that another process has had, in
// bytes; 0 where it has ended.
func ProcessPeakMemory(pid int) int {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _ := strconv.Atoi(strings.Fields(rest)[0])
	return kilobytes << 10
}
