package status

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/confmap"
)

// metrics are the collector's own, by name without _total.
type metrics map[string][]sample

type sample struct {
	labels map[string]string
	value  float64
}

// sum adds up the samples that have all of some labels, name and value in turn. ok is
// false where there is none.
func (m metrics) sum(name string, labels ...string) (value float64, ok bool) {
	for _, s := range m[name] {
		if s.has(labels) {
			value, ok = value+s.value, true
		}
	}
	return value, ok
}

// by adds up samples by the value of a label.
func (m metrics) by(name, label string, labels ...string) map[string]float64 {
	sums := map[string]float64{}
	for _, s := range m[name] {
		if s.has(labels) {
			sums[s.labels[label]] += s.value
		}
	}
	return sums
}

func (s sample) has(labels []string) bool {
	for i := 0; i < len(labels); i += 2 {
		if s.labels[labels[i]] != labels[i+1] {
			return false
		}
	}
	return true
}

// scrapeTimeout and maxScrape bound what is read of the collector's own metrics.
const (
	scrapeTimeout = 2 * time.Second
	maxScrape     = 32 << 20
)

// scraper reads the collector's own metrics where it shows them to Prometheus.
type scraper struct {
	url    string
	client *http.Client
}

var errNoMetrics = errors.New("service::telemetry::metrics has no reader for Prometheus: add one as config/otelcol.yaml does, to see counts here")

// newScraper finds where the metrics are. There is none in a configuration without a
// Prometheus reader.
func newScraper(conf *confmap.Conf) *scraper {
	readers, _ := conf.Get("service::telemetry::metrics::readers").([]any)
	for _, reader := range readers {
		r, _ := reader.(map[string]any)
		prometheus, ok := confmap.NewFromStringMap(r).Get("pull::exporter::prometheus").(map[string]any)
		if !ok {
			continue
		}
		host, _ := prometheus["host"].(string)
		if ip := net.ParseIP(strings.Trim(host, "[]")); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		port := fmt.Sprint(prometheus["port"])
		if _, err := strconv.ParseUint(port, 10, 16); err != nil || port == "0" {
			continue
		}
		return &scraper{url: "http://" + net.JoinHostPort(strings.Trim(host, "[]"), port) + "/metrics", client: &http.Client{
			Timeout:   scrapeTimeout,
			Transport: &http.Transport{Proxy: nil, MaxIdleConns: 1, IdleConnTimeout: time.Minute},
		}}
	}
	return nil
}

func (s *scraper) read(ctx context.Context) (metrics, error) {
	if s == nil {
		return nil, errNoMetrics
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, errors.New("the collector's own metrics cannot be read at " + s.url)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the collector's own metrics at %s answer %d", s.url, response.StatusCode)
	}
	return parse(io.LimitReader(response.Body, maxScrape))
}

func parse(text io.Reader) (metrics, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(text)
	if err != nil {
		return nil, errors.New("the collector's own metrics are not in the format of Prometheus")
	}
	m := metrics{}
	for name, family := range families {
		name = strings.TrimSuffix(name, "_total")
		for _, metric := range family.GetMetric() {
			value, ok := valueOf(metric)
			if !ok {
				continue
			}
			labels := make(map[string]string, len(metric.GetLabel()))
			for _, l := range metric.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			m[name] = append(m[name], sample{labels, value})
		}
	}
	return m, nil
}

// valueOf is the value of a counter or a gauge.
func valueOf(m *dto.Metric) (float64, bool) {
	switch {
	case m.Counter != nil:
		return m.Counter.GetValue(), true
	case m.Gauge != nil:
		return m.Gauge.GetValue(), true
	case m.Untyped != nil:
		return m.Untyped.GetValue(), true
	}
	return 0, false
}
