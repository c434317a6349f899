package trial

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configtls"
)

// look finds what needs no start, and changes what a start would touch: addresses,
// files and folders.
func (t *try) look() {
	t.moved = map[string]string{}
	used := t.used()
	for kind, components := range used {
		for id, config := range components {
			key := sections[kind] + "::" + id.String()
			t.references(config, key)
			certificates(config, key, t.report)
			t.places(kind, id, config, key)
			t.addresses(kind, config, key)
		}
	}
	t.telemetry()
	for id := range used[component.KindReceiver] {
		if f, ok := t.factories.Receivers[id.Type()]; ok && unstarted[id.Type().String()] {
			t.factories.Receivers[id.Type()] = unstartedFactory{f}
		}
	}
	for i, p := range t.problems {
		t.problems[i].Key = t.deepest(p.Key, p.Text)
	}
	slices.SortFunc(t.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Text, b.Text))
	})
	t.problems = slices.Compact(t.problems)
}

func (t *try) report(key, text, remedy string) {
	t.problems = append(t.problems, Problem{Key: key, Text: text, Remedy: remedy})
}

// references finds extensions that a component names and that are not started:
// authenticators, middlewares, storages of queues, encodings.
func (t *try) references(config component.Config, key string) {
	walk(config, key, func(v reflect.Value, key string) {
		id, ok := reflect.TypeAssert[component.ID](v)
		if !ok || id == (component.ID{}) || slices.Contains(t.Service.Extensions, id) {
			return
		}
		if _, ok := t.Extensions[id]; ok {
			t.report(key, fmt.Sprintf("%s is not started", id), fmt.Sprintf("add %s to service::extensions; such a list replaces those of earlier files", id))
			return
		}
		t.report(key, fmt.Sprintf("there is no extension %s", id), fmt.Sprintf("configure extensions::%s and add it to service::extensions", id))
	})
}

// certificates opens the files of TLS.
func certificates(config component.Config, key string, report func(key, text, remedy string)) {
	walk(config, key, func(v reflect.Value, key string) {
		var err error
		switch tls := v.Interface().(type) {
		case configtls.ClientConfig:
			_, err = tls.LoadTLSConfig(context.Background())
		case configtls.ServerConfig:
			_, err = tls.LoadTLSConfig(context.Background())
		}
		if err != nil {
			report(key, plain(err), remedyOf(err))
		}
	})
}

// addresses checks where a component listens, and has it listen elsewhere.
func (t *try) addresses(kind component.Kind, config component.Config, key string) {
	walk(config, key, func(v reflect.Value, key string) {
		switch a := v.Addr().Interface().(type) {
		case *confighttp.ServerConfig:
			t.listen(&a.NetAddr, key)
		case *configgrpc.ServerConfig:
			t.listen(&a.NetAddr, key)
		case *confignet.TCPAddrConfig:
			if kind != component.KindExporter { // where it is a destination
				t.elsewhere("tcp", &a.Endpoint, key+"::endpoint")
			}
		default:
			// ProtocolUDP of the Jaeger receiver.
			if v.Kind() == reflect.Struct && v.Type().Name() == "ProtocolUDP" {
				if endpoint, ok := reflect.TypeAssert[*string](v.FieldByName("Endpoint").Addr()); ok {
					t.elsewhere("udp", endpoint, key+"::endpoint")
				}
			}
		}
	})
}

func (t *try) listen(address *confignet.AddrConfig, key string) {
	network := cmp.Or(string(address.Transport), "tcp")
	if strings.HasPrefix(network, "unix") {
		t.socket(address, key+"::endpoint")
		return
	}
	t.elsewhere(network, &address.Endpoint, key+"::endpoint")
}

// maxSocket is the longest path of a socket, in bytes: sun_path of unix(7) without
// its end.
const maxSocket = 107

// socket checks the path of a socket, and has the component listen elsewhere.
func (t *try) socket(address *confignet.AddrConfig, key string) {
	if path := address.Endpoint; len(path) > maxSocket {
		t.report(key, fmt.Sprintf("the path of the socket is %d bytes long", len(path)), fmt.Sprintf("give one of at most %d", maxSocket))
	} else if !strings.HasPrefix(path, "@") { // which is no file
		t.writable(filepath.Dir(path), key, false)
	}
	address.Transport, address.Endpoint = confignet.TransportTypeTCP, "127.0.0.1:0"
}
