package redact

import "maps"

func init() {
	maps.Copy(hostile, map[string]string{
		"qualified names":   "PASSWORD_DEV_EU_PROD_V2=",
		"names in capitals": "A_B_C_D_E_F=",
		"qualifiers":        "dev_eu_prod_",
		"qualified words":   "password_dev ",
		"qualified flags":   "--token-prod-eu-",
	})
}
