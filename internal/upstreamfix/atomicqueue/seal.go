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

// seal is a request with its checksum.
func seal(request []byte) []byte {
	sealed := make([]byte, 0, len(request)+sealSize)
	sealed = append(append(sealed, request...), sealTag...)
	return protowire.AppendFixed32(sealed, crc32.Checksum(request, crcTable))
}

// unseal is the request without its checksum, and whether it is as it was written. Of
// a request without a checksum, from an older version, or whose checksum is itself
// overwritten, that is so where it has no field that upstream does not write: 1 to 3
// of TracesRequest and the like in pdata/xpdata/request, 1 of messages without a context.
func unseal(stored []byte) (request []byte, whole bool) {
	if at := len(stored) - sealSize; at >= 0 && bytes.Equal(stored[at:at+len(sealTag)], sealTag) {
		sum, _ := protowire.ConsumeFixed32(stored[at+len(sealTag):])
		return stored[:at], sum == crc32.Checksum(stored[:at], crcTable)
	}
	for rest := stored; len(rest) > 0; {
		field, _, n := protowire.ConsumeField(rest)
		if n < 0 || field > 3 {
			return stored, false
		}
		rest = rest[n:]
	}
	return stored, true
}
