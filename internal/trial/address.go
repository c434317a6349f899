package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// listener is an address that a component listens on.
type listener struct {
	network, host string
	port          int
	key           string
}

// lookupLimit bounds how long the name of a host may take to be found.
const lookupLimit = 5 * time.Second

// elsewhere checks an address and replaces it by a port of loopback.
func (t *try) elsewhere(network string, endpoint *string, key string) {
	given := *endpoint
	*endpoint = "127.0.0.1:0"
	host, portText, err := net.SplitHostPort(given)
	if err != nil {
		t.report(key, fmt.Sprintf("%q is not HOST:PORT", given), "write both, such as 127.0.0.1:4318, and an IPv6 address in brackets")
		return
	}
	port, ok := t.port(network, portText, key)
	if !ok {
		return
	}
	l := listener{network: network[:3], host: host, port: port, key: key}
	for _, other := range t.listeners {
		if l.conflicts(other) {
			t.report(key, fmt.Sprintf("%s is the address of %s as well", given, other.key), "give one of them another port")
			return
		}
	}
	t.listeners = append(t.listeners, l)
	t.bind(network, net.JoinHostPort(host, strconv.Itoa(port)), key)
}

func (t *try) port(network, text, key string) (int, bool) {
	number, err := strconv.Atoi(text)
	if err != nil {
		if number, err = net.LookupPort(network, text); err != nil || text == "" {
			t.report(key, fmt.Sprintf("the port %q is not a number", text), "write one from 1 to 65535")
			return 0, false
		}
	}
	if number < 0 || number > 65535 {
		t.report(key, fmt.Sprintf("the port %d is out of range", number), "write one from 1 to 65535")
		return 0, false
	}
	return number, true
}

func (l listener) conflicts(other listener) bool {
	return l.port != 0 && l.port == other.port && l.network == other.network &&
		(l.host == other.host || unspecified(l.host) || unspecified(other.host))
}

func unspecified(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// bind listens on an address for a moment. A running collector has its own.
func (t *try) bind(network, address, key string) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupLimit)
	defer cancel()
	err := listenOnce(ctx, network, address)
	var unknown *net.DNSError
	switch {
	case err == nil:
	case errors.Is(err, syscall.EADDRINUSE):
		if t.options.Holds != nil && !t.options.Holds(network, address) {
			t.report(key, address+" is taken by another process", "end that one, or give another port")
		}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		t.report(key, address+" is not an address of this machine", "listen on one that is, or on 0.0.0.0 for all")
	case errors.Is(err, syscall.EACCES):
		t.report(key, address+" may not be listened on by this user", "take a port from 1024, or give the process CAP_NET_BIND_SERVICE")
	case errors.As(err, &unknown):
		t.report(key, fmt.Sprintf("the host %s is not found", unknown.Name), "write an address of this machine, such as 127.0.0.1 or 0.0.0.0")
	default:
		t.report(key, fmt.Sprintf("%s cannot be listened on: %v", address, err), "listen on an address of this machine")
	}
}

func listenOnce(ctx context.Context, network, address string) error {
	config := net.ListenConfig{}
	if network[:3] == "udp" {
		packets, err := config.ListenPacket(ctx, network, address)
		if err != nil {
			return err
		}
		return packets.Close()
	}
	l, err := config.Listen(ctx, network, address)
	if err != nil {
		return err
	}
	return l.Close()
}
