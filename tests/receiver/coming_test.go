package receiver

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// unfinished sends messages of which the last byte does not come, one a stream, until all
// is sent or the collector ends the connection. Frames have at most so many bytes.
func unfinished(connection net.Conn, streams, size, frame int) error {
	if _, err := connection.Write([]byte(http2.ClientPreface)); err != nil {
		return err
	}
	out := bufio.NewWriter(connection)
	framer := http2.NewFramer(out, bufio.NewReader(connection))
	var mu sync.Mutex // of what is written
	windows := map[uint32]int{0: 65_535}
	changed := sync.NewCond(&mu)
	var ended error
	go func() {
		for {
			frame, err := framer.ReadFrame()
			mu.Lock()
			if err != nil {
				ended = err
				changed.Broadcast()
				mu.Unlock()
				return
			}
			switch frame := frame.(type) {
			case *http2.WindowUpdateFrame:
				windows[frame.StreamID] += int(frame.Increment)
			case *http2.SettingsFrame:
				if !frame.IsAck() {
					_ = framer.WriteSettingsAck()
				}
			case *http2.PingFrame:
				if !frame.IsAck() {
					_ = framer.WritePing(true, frame.Data)
				}
			}
			changed.Broadcast()
			mu.Unlock()
		}
	}()
	mu.Lock()
	defer mu.Unlock()
	if err := framer.WriteSettings(); err != nil {
		return err
	}
	left := map[uint32]int{}
	for i := range streams {
		stream := uint32(2*i + 1)
		windows[stream], left[stream] = 65_535, size-1
		if err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: grpcHeaders(), EndHeaders: true}); err != nil {
			return err
		}
		head := binary.BigEndian.AppendUint32([]byte{0}, uint32(size))
		windows[stream], windows[0] = windows[stream]-len(head), windows[0]-len(head)
		if err := framer.WriteData(stream, false, head); err != nil {
			return err
		}
	}
	chunk := make([]byte, frame)
	for len(left) > 0 {
		if ended != nil {
			return ended
		}
		sent := false
		for stream, bytes := range left {
			n := min(len(chunk), bytes, windows[stream], windows[0])
			if n <= 0 {
				continue
			}
			if err := framer.WriteData(stream, false, chunk[:n]); err != nil {
				return err
			}
			sent = true
			windows[stream], windows[0], left[stream] = windows[stream]-n, windows[0]-n, bytes-n
			if left[stream] == 0 {
				delete(left, stream)
			}
		}
		if !sent {
			if err := out.Flush(); err != nil {
				return err
			}
			changed.Wait()
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for ended == nil {
		changed.Wait()
	}
	return ended
}

// TestMessagesThatAreStillComingAreBounded: those of strangers too, of whom gRPC asks
// for the token when it has the message.
func TestMessagesThatAreStillComingAreBounded(t *testing.T) {
	const open = "yaml:receivers::otlp::limits: {busy_timeout: 300ms}"
	frames := map[string]int{"frames of a byte": 1, "frames of a kilobyte": 1 << 10}
	for name, config := range map[string]string{
		"open": open, "frames of a byte": open, "frames of a kilobyte": open,
		"token": "yaml:{extensions: {bearertokenauth: {token: secret}}, service: {extensions: [health_check, bearertokenauth]}, receivers: {otlp: {limits: {busy_timeout: 300ms}, protocols: {grpc: {auth: {authenticator: bearertokenauth}}}}}}",
	} {
		t.Run(name, func(t *testing.T) {
			c := e2e.StartCollector(t, "--config", "mastra:env", "--config", config)
			want, frame := codes.OK, cmp.Or(frames[name], 16<<10)
			if name == "token" {
				want = codes.Unauthenticated
			}
			var attackers sync.WaitGroup
			for range 10 {
				connection := dial(t, c.GRPC)
				attackers.Go(func() { assert.Error(t, unfinished(connection, 8, 19*mib, frame)) })
			}
			busy := func() float64 {
				return e2e.Scrape(t, c.Metrics)("otelcol_receiver_otlp_refused_requests", `reason="busy"`, `transport="grpc"`)
			}
			small, large := marshal(t, aSpan("small")), marshal(t, aSpan(strings.Repeat("n", 15*mib)))
			client := openGRPC(t, c)
			told := 0
			eventually(t, func() bool {
				require.Equal(t, want, status.Code(export(t, openGRPC(t, c), small)), "small requests pass")
				code := status.Code(export(t, client, large))
				if code != want {
					require.Equal(t, codes.Unavailable, code)
					told++
				}
				return busy() > 0 && code == want
			}, "nobody was cut, or the large message is not taken")
			attackers.Wait()
			require.Equal(t, want, status.Code(export(t, client, large)))
			t.Logf("the large message was told %d times to come again", told)
			t.Logf("the collector has taken %d MiB", c.PeakMemory()/mib)
			assert.Less(t, c.PeakMemory(), 700*mib)
			require.NoError(t, c.Stop())
		})
	}
}

// TestWhoWaitsDoesNotHoldUpAStop: connections that are not read.
func TestWhoWaitsDoesNotHoldUpAStop(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {busy_timeout: 10m, body_timeout: 10m}")
	var attackers sync.WaitGroup
	for range 10 {
		connection := dial(t, c.GRPC)
		attackers.Go(func() { assert.Error(t, unfinished(connection, 8, 19*mib, 16<<10)) })
	}
	client, large := openGRPC(t, c), marshal(t, aSpan(strings.Repeat("n", 15*mib)))
	eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var answer []byte
		return status.Code(client.Invoke(ctx, traceService, large, &answer, forced)) == codes.DeadlineExceeded
	}, "nobody waits")
	require.NoError(t, c.Stop())
	assert.NotContains(t, c.Log(), "Not stopped within")
	attackers.Wait()
}

// TestHonestMessagesAreNotCut, though together they are far more than the bound.
func TestHonestMessagesAreNotCut(t *testing.T) {
	c := e2e.StartCollector(t)
	body := marshal(t, aSpan(strings.Repeat("n", mib)))
	atOnce(50, func(int) {
		client := openGRPC(t, c)
		for range 4 {
			assert.NoError(t, export(t, client, body))
		}
	})
	value := e2e.Scrape(t, c.Metrics)
	assert.Zero(t, value("otelcol_receiver_otlp_refused_requests", `reason="busy"`, `transport="grpc"`))
	require.NoError(t, c.Stop())
}

// TestMessagesOverTLSAreBoundedToo: they are counted when they are decrypted.
func TestMessagesOverTLSAreBoundedToo(t *testing.T) {
	chain, key := e2e.Certificate(t, "127.0.0.1")
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	require.NoError(t, os.WriteFile(certFile, chain, 0o600))
	require.NoError(t, os.WriteFile(keyFile, key, 0o600))
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(chain))
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config",
		fmt.Sprintf("yaml:receivers::otlp: {limits: {busy_timeout: 300ms}, protocols: {grpc: {tls: {cert_file: %s, key_file: %s}}}}", certFile, keyFile))
	var attackers sync.WaitGroup
	for range 10 {
		connection := tls.Client(dial(t, c.GRPC), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
		attackers.Go(func() { assert.Error(t, unfinished(connection, 8, 19*mib, 16<<10)) })
	}
	client, err := grpc.NewClient(strings.TrimPrefix(c.GRPC, "http://"), grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(pool, "")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.NoError(t, export(t, client, marshal(t, aSpan("small"))))
	attackers.Wait()
	require.NoError(t, export(t, client, marshal(t, aSpan(strings.Repeat("n", 15*mib)))))
	assert.Positive(t, e2e.Scrape(t, c.Metrics)("otelcol_receiver_otlp_refused_requests", `reason="busy"`, `transport="grpc"`))
	assert.Less(t, c.PeakMemory(), 700*mib)
	t.Logf("the collector has taken %d MiB", c.PeakMemory()/mib)
	require.NoError(t, c.Stop())
}

// TestTheMemoryOfCutMessagesGoesBack to the system, ten seconds after the last.
func TestTheMemoryOfCutMessagesGoesBack(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {busy_timeout: 300ms}")
	resident := func() (bytes int) {
		statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.Pid()))
		if err != nil {
			t.Skip("only Linux shows the memory of a process here")
		}
		var size int
		_, err = fmt.Sscan(string(statm), &size, &bytes)
		require.NoError(t, err)
		return bytes * os.Getpagesize()
	}
	before := resident()
	var attackers sync.WaitGroup
	for range 10 {
		connection := dial(t, c.GRPC)
		attackers.Go(func() { assert.Error(t, unfinished(connection, 8, 19*mib, 16<<10)) })
	}
	attackers.Wait()
	require.Greater(t, c.PeakMemory()-before, 100*mib)
	eventually(t, func() bool { return resident()-before < 50*mib }, "memory does not go back")
	require.NoError(t, c.Stop())
}
