package atomicqueue

import (
	"bytes"
	"hash/crc32"

	"google.golang.org/protobuf/encoding/protowire"
)

// A file of bbolt has no checksums of what it holds. So each request gets one, in a
// field of its protobuf message that upstream does not know and skips: an older
// version, or upstream's own collector, reads the request as before.
const sealField = 8_175_501

var (
	sealTag  = protowire.AppendTag(nil, sealField, protowire.Fixed32Type)
	sealSize = len(sealTag) + 4
	crcTable = crc32.MakeTable(crc32.Castagnoli)
)

// seal is a request with its checksum, where it is a message of protobuf.
func seal(request []byte) []byte {
	if _, is := unseal(request); is != whole {
		return request
	}
	sealed := make([]byte, 0, len(request)+sealSize)
	sealed = append(append(sealed, request...), sealTag...)
	return protowire.AppendFixed32(sealed, crc32.Checksum(request, crcTable))
}

// state is what is known of a request that has been read.
type state int

const (
	whole   state = iota // as it was written
	foreign              // without a checksum, and not what upstream writes
	damaged              // not as it was written
)

// unseal is the request without its checksum. One without a checksum is from an older
// version, or its checksum is itself overwritten: it is whole where it has no field that
// upstream does not write, which are 1 to 3 of TracesRequest and the like in
// pdata/xpdata/request, and 1 of messages without a context.
func unseal(stored []byte) (request []byte, is state) {
	if at := len(stored) - sealSize; at >= 0 && bytes.Equal(stored[at:at+len(sealTag)], sealTag) {
		sum, _ := protowire.ConsumeFixed32(stored[at+len(sealTag):])
		if sum != crc32.Checksum(stored[:at], crcTable) {
			return stored[:at], damaged
		}
		return stored[:at], whole
	}
	for rest := stored; len(rest) > 0; {
		field, _, n := protowire.ConsumeField(rest)
		if n < 0 || field > 3 {
			return stored, foreign
		}
		rest = rest[n:]
	}
	return stored, whole
}
