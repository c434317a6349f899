package redact

import "testing"

func TestAuthorizationCodesGoWithWhatAnnouncesThem(t *testing.T) {
	const code = "«SplxlOBeZQQYbYS6WxSbIA»"
	redactsOnly(t, []string{
		`{"grant_type":"authorization_code","code":"` + code + `","client_id":"app"}`, `{\"grant_type\":\"authorization_code\",\"code\":\"` + code + `\"}`, "grant_type=authorization_code&code=" + code + "&redirect_uri=https%3A%2F%2Fapp", "code=" + code + "&grant_type=authorization_code", "{'code': '" + code + "', 'redirect_uri': 'https://app.example/cb'}", `{"code": "` + code + `", "state": "9a8b7c"}`,
		"redirected to https://app.example.test/cb#code=" + code + "&state=9a", "callback received: code=" + code + " state=af0ifjsldkj", "code: " + code + "\nredirect_uri: https://app.example/cb", `requests.post(url, data={"code": "` + code + `", "code_verifier": v})`, `{"code":"«4/0AX4XfWhDk2mPq7Zt2LxPw9sVn4KcR1yT»","redirect_uri":"https://app.example"}`, `{"code":"«1b2c3d4e5f60718293a4»","grant_type":"authorization_code"}`,
		`{"auth_code":"` + code + `","state":"x1"}`, "curl -d 'code=" + code + "' -d grant_type=authorization_code https://h/token", `code=«0.AXEAq7Zt2LxPw9sVn4KcR1yT.AgABAAIAAAD» redirect_uri=https://app`, "?code=" + code + "&state=9a",
	})
	redactsOnly(t, []string{
		`{"code":"ENOENT"}`, "?code=SUMMER26", `{"code":"invalid_grant","state":"error"}`, `{"code":200,"state":"ok"}`, `{"code":"ERR_HTTP2_STREAM_ERROR","grant_type":"authorization_code"}`, `{"code":"DE","state":"Berlin"}`, `{"postal_code":"SW1A 1AA","state":"x"}`, `{"code":"SPRINGSALE2026XYZ","state":"CA"}`, `{"country_code":"US","state":"NY","redirect_uri":"https://app"}`,
		`{"code":"rate_limit_exceeded","state":"failed"}`, `{"status_code":"SplxlOBeZQQYbYS6WxSbIA","state":"x"}`, "code: print(state)", `{"code":"def f(state): return x1","state":"done"}`, "error code=E11000 state=primary", `{"code":"AB12-CD34","state":"TX"}`, `{"code":"SplxlOBeZQQYbYS6WxSbIA"}`, `{"code":"${CODE}","grant_type":"authorization_code"}`, "response_type=code&redirect_uri=https://app&state=x",
	})
}

func TestTheWholeContentOfASensitiveElementGoes(t *testing.T) {
	const key = "q7Zt2LxPw9sVn4Kc"
	redactsOnly(t, []string{
		"<secret>«{name AQAAABAAA token}»</secret>", "<secret>«{AQAAABAAAAAwq7Zt2LxPw9sVn4KcR1yT+/q7Zt2LxPw9sVn4Kc=}»</secret>", "<apiKey>«key of the shop is " + key + "»</apiKey>", "<apiKey>«" + key + "»</apiKey>", "<password><![CDATA[«tulip engine river»]]></password>", "<password>\n  <![CDATA[«tulipengine»]]>\n</password>", `<apiKey type="live" enabled="true">«` + key + `»</apiKey>`, "<api-token>«the token " + key + "»</api-token>",
		`{"xml":"<secret>«{name AQAAABAAA token}»<\/secret>"}`, `\u003csecret\u003e«{name AQAAABAAA token}»\u003c/secret\u003e`, "&lt;password&gt;«tulipengine»&lt;/password&gt;", "&lt;password enc=&quot;no&quot;&gt;«tulipengine»&lt;/password&gt;", "&lt;secret&gt;«{name AQAAABAAA token}»&lt;/secret&gt;", "<ns:clientSecret>«tulip " + key + "»</ns:clientSecret>", "<password><value>«tulipengine»</value></password>", "<password>«{q7Zt2LxPw9sVn4KcR1yT=}»</password>",
		"<com.x.Credentials><password>«{AQAAABAAAAAQq7Zt2LxPw9sVn4Kc}»</password></com.x.Credentials>", "<passphrase>«correct horse battery staple»</passphrase>", "<privateKey>\n  «MIIEq7Zt2LxPw9sVn4KcR1yT\n  q7Zt2LxPw9sVn4KcR1yTAAAA»\n</privateKey>",
	})
	redactsOnly(t, []string{
		"<password>${db.password}</password>", "<password>{password}</password>", "<secret>{name}</secret>", "<password>{{ password }}</password>", "<password></password>", "<password/>", "<password>********</password>", "<secret>{insert your token here}</secret>", "<password>The password of the user.</password>", "<token>string</token>", "<password><required/></password>", "<secretName>db-creds</secretName>",
		"<passwordPolicy>min 8 characters</passwordPolicy>", "<key>value</key>", "<description>the " + key + " build</description>",
	})
}

func TestKeysOfVendorsGoWhenRandom(t *testing.T) {
	redactsOnly(t, []string{
		`braintreeKey := "«f7b3a1c9d2e84f60b5a7c3d1e9f80246»"`, `commercejs_key: "«g6cl3k9x0q2m7v5b8n1z4w6e»"`, `column_key = "«q7Zt2LxPw9sVn4KcR1yTq7Zt»"`, "KEY1=«q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sV»", "Using Key=«q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sV»", "Using Key=«g6cl3k9x0q2m7v5b8n1z4w6eg6cl3k9x»", `ACME_KEY="«f7b3a1c9d2e84f60b5a7c3d1e9f80246»"`, `{"shopwareKey":"«f7b3a1c9d2e84f60b5a7c3d1e9f80246»"}`, `zuoraKey = '«q7Zt2LxPw9sVn4KcR1yT»'`, "KEY2: «q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sV»",
	})
	redactsOnly(t, []string{
		`cache_key: "f7b3a1c9d2e84f60b5a7c3d1e9f80246"`, `primary_key = "f7b3a1c9d2e84f60b5a7c3d1e9f80246"`, `{"partitionKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, "idempotency-key: f7b3a1c9d2e84f60b5a7c3d1e9f80246", `s3_key="q7Zt2LxPw9sVn4KcR1yT"`, `sort_key: "f7b3a1c9d2e84f60b5a7c3d1e9f80246"`, `foreign_key="f7b3a1c9d2e84f60b5a7c3d1e9f80246"`, `{"rowKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, `{"objectKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, `fileKey: "q7Zt2LxPw9sVn4KcR1yT"`,
		`{"key":"q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sV"}`, `column_key: "user_id"`, "KEY1=value1", "edge case for poly1305 key:f7b3a1c9d2e84f60b5a7c3d1e9f80246", "Using Key=us-east-1-production-2024", "Key=uploads/2024/q7Zt2LxPw9sVn4KcR1yT.png", `{"blobKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, `{"lockKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, "key=5d41402abc4b2a76b9719d911017c592 hit", `{"hashKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, `acmeKey = "a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"`, `{"dedupeKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`, `{"entityKey":"f7b3a1c9d2e84f60b5a7c3d1e9f80246"}`,
	})
}

func TestUUIDsAndLettersAsTokens(t *testing.T) {
	redactsOnly(t, []string{
		"token = '«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»'", "API_TOKEN=«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»", `{"access_token":"«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»"}`, `{"token":"«A52A85D1-33C4-4B5E-9F0A-1C2D3E4F5A6B»"}`, `auth_token: «a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»`, `api_key: "«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»"`, `HEROKU_API_KEY=«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»`, `client_secret = "«a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»"`, "X-Auth-Token: «a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b»",
		`api_key: "«SSVmFDNCFfOHKXQAEckx»"`, `api_key: "«SSVmFDNCFfOHKXQAEckxD»"`, `apiKey = '«qWxPzLmKdRtYvBnHsGfJ»'`, `{"access_token":"«qWxPzLmKdRtYvBnHsGfJK»"}`, `secret = "«ZXCvbnMASdfgHJKqWErtP»"`, `SECRET_KEY="«hKpQzWmNdRxTvBsLfGjY»"`, `token: "«SSVmFDNCFfOHKXQAEckx»"`, `api_key: "«abcdkqzwmxnvrtplshgf»"`, "API_KEY=«SSVmFDNCFfOHKXQAEckx»",
	})
	redactsOnly(t, []string{
		`{"request_token_id":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, `{"page_token":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, `{"next_token":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, `{"session_id":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, "cancellation_token=a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b", `{"id":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, `{"tokenId":"a52a85d1-33c4-4b5e-9f0a-1c2d3e4f5a6b"}`, `secret: "DescribeSecret"`,
		`token: "IdentifierToken"`, "value to pass to passwd.", "the value to pass to passwd", "Signing Key TestSigningKey2Rotation", "Signing Key TestRotate_v2", `t.Run("Signing Key TestFoo1", f)`, "cursor_token: SSVmFDNCFfOHKXQAEckx",
	})
}
