package traffic

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// Sender exports traces over OTLP, one request at a time, without retries: what
// is not acknowledged is an error.
type Sender interface {
	// Send returns nil when the receiver has acknowledged every span.
	Send(context.Context, ptrace.Traces) error
	Close() error
}

// Connection is how a receiver is reached.
type Connection struct {
	// Headers are sent with every request.
	Headers map[string]string
	// CAFile is a PEM file of the authorities that are trusted; none are the system's.
	CAFile string
}

// NewSender returns a sender for protocol "http" (protobuf over OTLP/HTTP) or
// "grpc". The endpoint is a URL; its scheme decides about TLS.
func NewSender(protocol, endpoint string, connection Connection) (Sender, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("endpoint must be a URL such as http://127.0.0.1:4318")
	}
	secure, err := connection.tls(u.Scheme)
	if err != nil {
		return nil, err
	}
	headers := connection.Headers
	switch protocol {
	case "http":
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = secure
		return &httpSender{url: strings.TrimRight(endpoint, "/") + "/v1/traces", headers: headers, client: http.Client{Transport: transport}}, nil
	case "grpc":
		transport := credentials.NewTLS(secure)
		if u.Scheme == "http" {
			transport = insecure.NewCredentials()
		}
		conn, err := grpc.NewClient(u.Host, grpc.WithTransportCredentials(transport))
		if err != nil {
			return nil, fmt.Errorf("connect to %s: %w", u.Host, err)
		}
		return &grpcSender{conn: conn, client: ptraceotlp.NewGRPCClient(conn), headers: metadata.New(headers)}, nil
	}
	return nil, fmt.Errorf("protocol must be http or grpc, not %q", protocol)
}

// tls is nil where the system's authorities are trusted.
func (c Connection) tls(scheme string) (*tls.Config, error) {
	if c.CAFile == "" {
		return nil, nil //nolint:nilnil // the default of both clients
	}
	if scheme != "https" {
		return nil, fmt.Errorf("a CA file is for an endpoint that begins with https://, this one begins with %s://", scheme)
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the CA file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: has no certificate in PEM form", c.CAFile)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

type httpSender struct {
	url     string
	headers map[string]string
	client  http.Client
}

func (s *httpSender) Send(ctx context.Context, traces ptrace.Traces) error {
	body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	if err != nil {
		return fmt.Errorf("encode traces: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	for key, value := range s.headers {
		request.Header.Set(key, value)
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("send traces: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the receiver answers %s", response.Status)
	}
	ack := ptraceotlp.NewExportResponse()
	if err := ack.UnmarshalProto(answer); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return rejected(ack)
}

func (s *httpSender) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

type grpcSender struct {
	conn    *grpc.ClientConn
	client  ptraceotlp.GRPCClient
	headers metadata.MD
}

func (s *grpcSender) Send(ctx context.Context, traces ptrace.Traces) error {
	ctx = metadata.NewOutgoingContext(ctx, s.headers)
	ack, err := s.client.Export(ctx, ptraceotlp.NewExportRequestFromTraces(traces))
	if err != nil {
		return fmt.Errorf("send traces: %w", err)
	}
	return rejected(ack)
}

func (s *grpcSender) Close() error { return s.conn.Close() }

func rejected(ack ptraceotlp.ExportResponse) error {
	if n := ack.PartialSuccess().RejectedSpans(); n > 0 {
		return fmt.Errorf("the receiver rejected %d spans: %s", n, ack.PartialSuccess().ErrorMessage())
	}
	return nil
}
