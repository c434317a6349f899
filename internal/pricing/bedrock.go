package pricing

import "strings"

// bedrockRegions are the prefixes of Amazon Bedrock's inference profiles. global. is not among them: it is priced
// without the regional premium and listed under its full name.
var bedrockRegions = [...]string{"us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "in."}

const bedrockGlobal = "global."

// stripBedrock takes a model id out of an ARN, or out of a client's route such as bedrock/converse/id. An application
// inference profile has an id of its own that says nothing about the model; it stays as it is and matches nothing.
func (p *provider) stripBedrock(name string) string {
	if p.id != bedrockID {
		return name
	}
	return bedrockModel(name)
}

func bedrockModel(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

// bedrockRegion splits the region of an inference profile off a model id.
func bedrockRegion(name string) (region, rest string) {
	if rest, ok := strings.CutPrefix(name, bedrockGlobal); ok {
		return bedrockGlobal, rest
	}
	for _, r := range bedrockRegions {
		if rest, ok := strings.CutPrefix(name, r); ok {
			return r, rest
		}
	}
	return "", name
}

// lookupBedrock finds a Bedrock model id. The list holds the price of a region, with its premium where there is one,
// under the plain name, and the price of the global profile under global.name. A global profile that is not listed
// matches nothing: the plain price may be ten percent too high.
func (p *provider) lookupBedrock(name string) (nameEntry, bool) {
	region, rest := bedrockRegion(name)
	if region == bedrockGlobal {
		rest = name
	}
	return p.lookupForm(rest)
}

// saysMoreOnBedrock reports whether the model id that was asked for holds the inference profile, which decides the
// price, and the one that answered does not: Bedrock passes on the vendor's own name.
func saysMoreOnBedrock(asked, answered string) bool {
	region, _ := bedrockRegion(bedrockModel(normalizeModel(asked)))
	other, _ := bedrockRegion(bedrockModel(normalizeModel(answered)))
	return region != "" && other == ""
}
