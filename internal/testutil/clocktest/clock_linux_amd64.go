package clocktest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// offsetAt is where the seconds to add stand, from the function's begin.
const offsetAt = 32

// clockGettime is clock_gettime(2) with seconds added to CLOCK_REALTIME.
var clockGettime = []byte{
	0xb8, 0xe4, 0x00, 0x00, 0x00, // mov eax, 228   the number of clock_gettime
	0x0f, 0x05, // syscall
	0x85, 0xc0, // test eax, eax
	0x75, 0x0e, // jnz end         it failed
	0x85, 0xff, // test edi, edi
	0x75, 0x0a, // jnz end         another clock than CLOCK_REALTIME, 0
	0x48, 0x8b, 0x0d, offsetAt - 22, 0x00, 0x00, 0x00, // mov rcx, [rip+10]
	0x48, 0x01, 0x0e, // add [rsi], rcx
	0xc3,                               // end: ret
	0x90, 0x90, 0x90, 0x90, 0x90, 0x90, // up to offsetAt
	0, 0, 0, 0, 0, 0, 0, 0,
}

// Attach takes over the wall clock of a process of the same user, which is stopped
// meanwhile. It is an error where the kernel does not allow that.
func Attach(pid int) (*Clock, error) {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return nil, fmt.Errorf("stop process %d: %w", pid, err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	start, end, err := vdso(pid)
	if err != nil {
		return nil, err
	}
	memory, err := os.OpenFile(process(pid, "mem"), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open the memory of process %d: %w", pid, err)
	}
	defer memory.Close()
	image := make([]byte, end-start)
	if _, err := memory.ReadAt(image, start); err != nil {
		return nil, fmt.Errorf("read the vDSO of process %d: %w", pid, err)
	}
	at, err := function(image, "__vdso_clock_gettime")
	if err != nil {
		return nil, err
	}
	if err := leave(pid, start, end); err != nil {
		return nil, err
	}
	if _, err := memory.WriteAt(clockGettime, start+at); err != nil {
		return nil, fmt.Errorf("write the vDSO of process %d: %w", pid, err)
	}
	return &Clock{pid: pid, offset: start + at + offsetAt}, nil
}

func (c *Clock) shift(seconds int64) error {
	memory, err := os.OpenFile(process(c.pid, "mem"), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open the memory of process %d: %w", c.pid, err)
	}
	defer memory.Close()
	if _, err := memory.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(seconds)), c.offset); err != nil {
		return fmt.Errorf("set the clock of process %d: %w", c.pid, err)
	}
	return nil
}

func process(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}

// vdso is where a process has it.
func vdso(pid int) (start, end int64, err error) {
	maps, err := os.ReadFile(process(pid, "maps"))
	if err != nil {
		return 0, 0, fmt.Errorf("read the mappings of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(maps)) {
		if strings.HasSuffix(strings.TrimSpace(line), "[vdso]") {
			_, err := fmt.Sscanf(line, "%x-%x", &start, &end)
			return start, end, err
		}
	}
	return 0, 0, fmt.Errorf("process %d has no vDSO", pid)
}

// function is where in the vDSO a function with room for ours begins.
func function(image []byte, name string) (int64, error) {
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return 0, fmt.Errorf("read the vDSO: %w", err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return 0, fmt.Errorf("read the vDSO: %w", err)
	}
	for _, symbol := range symbols {
		if symbol.Name == name && symbol.Size >= uint64(len(clockGettime)) {
			return int64(symbol.Value), nil
		}
	}
	return 0, fmt.Errorf("the vDSO has no %s of %d bytes", name, len(clockGettime))
}

// leave waits until all threads of a process that was told to stop have done so,
// and fails where one is within the vDSO; its function may not change there.
func leave(pid int, start, end int64) error {
	for deadline := time.Now().Add(10 * time.Second); ; <-time.After(time.Millisecond) {
		within, running, err := threads(pid, start, end)
		switch {
		case err != nil:
			return err
		case !within && !running:
			return nil
		case within && !running: // let it go on for a moment
			_ = syscall.Kill(pid, syscall.SIGCONT)
			<-time.After(time.Millisecond)
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		if time.Now().After(deadline) {
			return errors.New("the process does not leave its vDSO")
		}
	}
}

// threads reports whether a thread is within a range of memory, and whether one runs.
func threads(pid int, start, end int64) (within, running bool, err error) {
	tasks, err := filepath.Glob(process(pid, "task/*/syscall"))
	if err != nil || len(tasks) == 0 {
		return false, false, fmt.Errorf("process %d has no threads: %w", pid, err)
	}
	for _, task := range tasks {
		raw, err := os.ReadFile(task)
		if err != nil {
			return false, false, fmt.Errorf("read where a thread of process %d is: %w", pid, err)
		}
		// "running", or numbers of which the last is the program counter: proc(5).
		fields := strings.Fields(string(raw))
		counter, err := strconv.ParseInt(fields[len(fields)-1], 0, 64)
		running = running || err != nil
		within = within || err == nil && counter >= start && counter < end
	}
	return within, running, nil
}
