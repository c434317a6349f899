package redact

import (
	"slices"
	"strings"
)

// keyRow lists the endings of keys of one class, as words separated by commas.
type keyRow struct {
	class   keyClass
	rule    string
	phrases string
}

// keyTable is the built-in knowledge of keys. A phrase of several words matches in every spelling: api_key, apiKey, API-KEY, apikey.
// Sources: the header, parameter and configuration names in the documentation of the providers in rules_*.go, RFC 6749 (OAuth),
// RFC 7519 (JWT), RFC 6265 (cookies), RFC 9110 (authentication), Mastra's SensitiveDataFilter (its field list).
var keyTable = []keyRow{
	{keyPassword, "secret.password", "password, passwd, pwd, passwort, kennwort, passphrase, pass phrase, passcode, pass code, pass word, pswd, psw, passw, pword, userpass, requirepass, masterauth, rootpw, bindpw, bindpasswd, rediscli auth, " +
		"db pass, database pass, user pass, smtp pass, mail pass, mysql pass, postgres pass, pg pass, redis pass, ssh pass, admin pass, root pass, login pass, my pass, become pass, sudo pass, vault pass, wifi pass, vpn pass, " +
		"proxy pass, ftp pass, key pass, store pass, mongo pass, rabbitmq pass, ldap pass, auth pass, basic auth pass, " +
		"contraseña, contrasena, clave secreta, mot de passe, motdepasse, mdp, senha, parola, wachtwoord, lösenord, hasło, пароль, Пароль, 密码, 密碼, 口令, パスワード, 비밀번호, mật khẩu, sifre, şifre, كلمة المرور, كلمة السر, סיסמה, รหัสผ่าน, kata sandi, salasana, adgangskode, jelszó, heslo"},
	{keyMaybePassword, "secret.password", "pass, pw, pws, passwords, pwds"},
	{keySecret, "secret.secret", "secret, client secret, app secret, application secret, consumer secret, shared secret, webhook secret, signing secret, jwt secret, " +
		"session secret, cookie secret, auth secret, secret key, secret access key, secret string, secret value, api secret, oauth secret, totp secret, otp secret, mfa secret, 2fa secret, " +
		"recovery code, backup code, recovery codes, backup codes, secret text, secret data, 密钥, 秘密"},
	{keySecret, "secret.api-key", "api key, apikey, x api key, app key, application key, access key, account key, subscription key, auth key, authentication key, authorization key, service key, " +
		"service account key, integration key, license key, licence key, storage key, shared access key, shared key, ingestion key, ingest key, write key, server key, " +
		"admin key, master api key, instrumentation key, recovery key, api schlüssel, clé api, clave de api, clave api, chave de api, chave api, ключ api, api ключ, apiキー, api キー, api密钥, api 密钥, api 密鑰, api 키, api anahtarı, deploy key, functions key, rest key, sdk key, ssh key, session key, " +
		"x functions key, api keys, dd api key, dd application key"},
	{keyMnemonic, "secret.seed-phrase", "seed phrase, mnemonic, mnemonic phrase, recovery phrase, wallet phrase, secret phrase, secret recovery phrase, backup phrase"},
	{keyJWK, "secret.private-key", "d, k, p, q, dp, dq, qi"},
	{keyQuery, "secret.token", "code, signature, sig, hash, t, token hash, auth code, ticket code"},
	{keyConnection, "secret.connection-string", "thin"},
	// Key of a service, by its name.
	{keySecret, "secret.api-key", "openai key, azure key, azure openai key, anthropic key, claude key, gemini key, google key, google maps key, maps key, gcp key, aws key, cohere key, mistral key, groq key, openrouter key, deepseek key, huggingface key, hf key, replicate key, together key, fireworks key, perplexity key, pinecone key, weaviate key, qdrant key, tavily key, serper key, serpapi key, serp key, langfuse key, langsmith key, helicone key, stripe key, paypal key, square key, heroku key, hubspot key, mailchimp key, mandrill key, mailgun key, sendgrid key, postmark key, resend key, twilio key, vonage key, nexmo key, plivo key, slack key, discord key, telegram key, github key, gitlab key, datadog key, dd key, newrelic key, new relic key, sentry key, grafana key, algolia key, cloudinary key, firebase key, supabase key, supabase service role key, service role key, anon key, contentful key, airtable key, notion key, linear key, asana key, jira key, zendesk key, intercom key, segment key, mixpanel key, amplitude key, posthog key, snyk key, sonar key, cloudflare key, fastly key, vercel key, netlify key, digitalocean key, linode key, alchemy key, infura key, etherscan key, coinbase key, binance key, kraken key, openweather key, weather key, news key, rapidapi key, mapbox key, here key, elevenlabs key, deepgram key, assemblyai key, stability key, voyage key, jina key, exa key, brave key, bing key, search key, wandb key, comet key, neptune key"},
	{keyRandom, "secret.api-key", "key"},
	{keySecret, "secret.private-key", "private key, privatekey, priv key, rsa key, signing key, encryption key, decryption key, master key, crypto key, aes key, hmac key, pgp key, gpg key, tls key, ssl key, preshared key, psk, pre shared key, " +
		"wallet key, unseal key, client key data, symmetric key, kek, vapid private key, root key, rails master key, secret key base, security key"},
	{keyPassword, "secret.credentials", "credential, credentials, creds, cred, login credentials"},
	{keyToken, "secret.token", "access token, auth token, authentication token, authorization token, refresh token, id token, session token, bearer token, bearer, api token, bot token, oauth token, user token, " +
		"csrf token, xsrf token, csrfmiddlewaretoken, jwt, jwt token, personal access token, security token, deploy token, verification token, verify token, reset token, password reset token, confirmation token, invite token, invitation token, magic token, " +
		"registration token, device token, push token, service token, app token, application token, account token, admin token, client token, join token, agent token, runner token, bootstrap token, " +
		"sas token, x auth token, x access token, private token, job token, ci job token, vault token, gh token, github token, gitlab token, npm token, slack token, hf token, " +
		"login token, master token, root token, internal token, webhook token, upload token, write token, read token, delegation token, impersonation token, identity token, token secret, token value, secret token, authenticity token, " +
		"access token secret, oauth token secret, oauth verifier, client assertion, assertion, code verifier, device code, authorization code, auth code, saml response, samlresponse, saml request, samlrequest, magic link token, accesstoken, 令牌"},
	{keyMaybe, "secret.token", "token, auth, authz, authn, oauth, refresh, auth string, apikeys, xsrf, csrf, csrftoken, pat, access code"},
	{keySession, "secret.token", "sid, session, connect sid, phpsessid, jsessionid, sessid, sessionid, ticket, access"},
	{keyAuthorization, "secret.authorization", "authorization, proxy authorization, x authorization, authorization header, auth header, www authorization, x forwarded authorization, x amzn authorization, x original authorization"},
	{keyCookie, "secret.cookie", "cookie, cookies, cookie header, http cookie"},
	{keySetCookie, "secret.cookie", "set cookie, set cookies"},
	{keyPIN, "secret.pin", "pin, pin code, pincode, otp, otp code, one time password, one time code, one time passcode, totp, mfa code, 2fa code, two factor code, fa code, auth code sms, verification code, security code, sms code, cvv, cvc, cvv2, cvc2, card cvv, card cvc, card verification value, cvn, card pin, login code, auth pin"},
	{keyToken, "secret.signature", "x amz signature, x goog signature, aws signature, x hub signature, x hub signature 256, x amz security token, x amz credential, x goog credential, key pair signature"},
	{keyConnection, "secret.connection-string", "connection string, conn string, connectionstring, connstring, conn str, dsn, database url, db url, jdbc url, mongo uri, mongodb uri, redis url, database uri, db uri, amqp url, broker url, sqlalchemy database uri, connection uri, connection url, postgres url, postgresql url, mysql url, direct url"},
	{keyEmail, "pii.email", "email, e mail, email address, e mail address, mail address"},
	{keyPhone, "pii.phone", "phone, phone number, phone no, telephone, telephone number, mobile, mobile number, mobile phone, mobile no, cell, cell phone, cell number, cellphone, tel, fax, fax number, msisdn, whatsapp, whatsapp number, contact number, home phone, work phone, phones, sms, sms number, telefon, telefonnummer, handynummer, handy, rufnummer, teléfono, téléphone, telefone, telefoon, caller number, callback number, call back number, tel no, tel nr, 电话, 手机, 手机号, 电话号码, 電話, 電話番号, 携帯, 전화, 전화번호, телефон"},
	{keySSN, "pii.ssn", "ssn, social security, social security number, social security no, ssn number, us ssn, itin, tax id ssn, socialsecuritynumber, ss number"},
	{keyCard, "pii.card", "card number, cardnumber, credit card, creditcard, credit card number, creditcard number, debit card, debit card number, card no, cc number, cc num, ccnum, pan, primary account number, card num, card, payment card, cc"},
	{keyIBAN, "pii.iban", "iban, iban number, bank account iban, international bank account number"},

	// What takes the words above back.
	{keyPlain, "", "max token, min token, next token, page token, next page token, prev page token, previous page token, nextpage token, cursor token, continuation token, sync token, pagination token, marker token, first token, last token, " +
		"eos token, bos token, pad token, unk token, cls token, sep token, mask token, stop token, start token, end token, special token, bad token, end of text token, begin token, eot token, " +
		"per token, cost per token, price per token, per input token, per output token, time per token, time per output token, time to first token, ms per token, input token, output token, prompt token, completion token, reasoning token, cached token, audio token, image token, " +
		"cancellation token, cancel token, concurrency token, parse token, lexer token, syntax token, current token, unexpected token, invalid token, expected token, change token, resume token, fencing token, design token, color token, num token, idx token, top token, sampled token, generated token, draft token, " +
		"primary key, foreign key, public key, partition key, sort key, cache key, idempotency key, index key, row key, object key, dedup key, hash key, range key, message key, routing key, map key, dict key, shard key, translation key, i18n key, group key, registry key, s3 key, ssh public key, public rsa key, host key, ssh host key, state key, config key, query key, unique key, composite key, candidate key, item key, react key, " +
		"forgot password, reset password, change password, show password, has password, hide password, " +
		"nopasswd, no password, no passwd, has secret, is secret, use secret, k8s secret, kubernetes secret, image pull secret, secret ref, show secret, no secret, is token, has token, with token, no token, use token, use auth, require auth, requires auth, no auth, has auth, is auth, skip auth, " +
		"accept cookie, accept cookies, use cookies, use cookie, has cookie, enable cookies, no cookie, has cookies, allow cookies, has credentials, with credentials, allow credentials, include credentials, use credentials, access control allow credentials, no credentials, same origin credentials, " +
		"has pin, bowling pin, gpio pin, is pin, zip pin, " +
		"did pass, first pass, second pass, test pass, boarding pass, single pass, full pass, by pass, forward pass, backward pass, render pass, low pass, high pass, band pass, " +
		"tests pass, all pass, checks pass, can access, has access, allow access, no access, " +
		"business card, id card, sim card, graphics card, video card, memory card, sd card, adaptive card, trello card, agent card, model card, report card, twitter card, file card, wild card, sound card, network card, score card, gift card count, has card, is card, show card, type card, ui card, " +
		"solar cell, table cell, grid cell, notebook cell, code cell, battery cell, excel cell, last cell, first cell, current cell, active cell, header cell, empty cell, is mobile, on mobile, has mobile, stem cell"},
}

// gluedTable lists endings that give a key away within a word: pgpassword, dbpasswd, myapikey.
var gluedTable = []keyRow{
	{keyPassword, "secret.password", "password, passwd, passphrase, passwort, kennwort, pswd"},
	{keySecret, "secret.secret", "clientsecret, secretkey, secretaccesskey, appsecret, apisecret, consumersecret"},
	{keySecret, "secret.api-key", "apikey, accesskey, accountkey, subscriptionkey"},
	{keySecret, "secret.private-key", "privatekey, signingkey, encryptionkey, masterkey"},
	{keyToken, "secret.token", "accesstoken, authtoken, refreshtoken, idtoken, sessiontoken, bearertoken, apitoken, bottoken, csrftoken, oauthtoken"},
	{keyCard, "pii.card", "cardnumber, creditcard"},
	{keyPhone, "pii.phone", "phonenumber, telephone"},
	{keyPassword, "secret.password", "密码, 密碼, 口令, パスワード, 비밀번호, пароль, Пароль"},
}

// identifierTable lists the endings of keys whose numbers are ids, times, sizes or counts, and so never a card or a phone number.
var identifierTable = []keyRow{
	{keyIdentifier, "", "id, ids, pid, ppid, tid, uid, gid, uuid, guid, timestamp, time, date, nano, nanos, unix nano, ns, ms, us, sec, secs, seconds, minutes, hours, millis, micros, duration, latency, elapsed, offset, bytes, size, count, counts, total, length, len, hash, seed, version, number of, index, idx, " +
		"created, updated, expires, expires at, created at, updated at, at, ts, epoch, sequence, seq, revision, score, price, cost, amount, usage, tokens, port, line, lines, column, width, height, limit, max, min, ratio, percent, balance, value in cents, checksum, digest, sha, sha1, sha256, md5, etag, crc, bucket, partition, generation, nonce, salt, iv, isbn, issn, ean, upc, gtin, sku, barcode, imei, asin, doi, serial, serial number, part number, tracking, tracking number, invoice, invoice number, order number, order, ticket number, build, build number, issue, pr, pull, commit"},
}

// identifierKeys is identifierTable in the form that look-ups need.
var identifierKeys = buildKeys(identifierTable, nil)

// builtinKeys is keyTable in the form that look-ups need.
var builtinKeys = buildKeys(slices.Concat(keyTable, personalTable, languageTable), gluedTable)

// newKeys returns the built-in knowledge of keys with the changes of the options.
func newKeys(o *KeyOptions) *keyWords {
	if len(o.Sensitive) == 0 && len(o.Safe) == 0 && !o.OnlyListed {
		return builtinKeys
	}
	var k *keyWords
	if o.OnlyListed {
		k = buildKeys(nil, nil)
	} else {
		k = buildKeys(slices.Concat(keyTable, personalTable, languageTable), gluedTable)
	}
	for _, name := range o.Sensitive {
		k.set(keyPhrase(name), keyInfo{keyListed, ruleCustomKey})
	}
	for _, name := range o.Safe {
		k.set(keyPhrase(name), keyInfo{})
	}
	return k
}

// keyPhrase returns the words of a name in the form of keyTable.
func keyPhrase(name string) string {
	var t keyTail
	t.split(name)
	return string(t.buf[t.start:])
}

// set enters a phrase over what the table says, together with its words written as one.
func (k *keyWords) set(phrase string, info keyInfo) {
	k.phrases[strings.ReplaceAll(phrase, " ", "")] = info
	k.add(phrase, info)
}

func buildKeys(rows, glued []keyRow) *keyWords {
	k := &keyWords{phrases: map[string]keyInfo{}}
	for _, row := range rows {
		info := keyInfo{class: row.class}
		if row.rule != "" {
			info.rule = mustRule(row.rule)
		}
		for p := range strings.SplitSeq(row.phrases, ",") {
			k.add(strings.TrimSpace(p), info)
		}
	}
	for w := range strings.FieldsSeq(rowKeys) {
		if _, ok := k.phrases[w+" key"]; !ok && len(rows) > 0 {
			k.add(w+" key", keyInfo{})
		}
	}
	for _, row := range glued {
		for p := range strings.SplitSeq(row.phrases, ",") {
			p = strings.TrimSpace(p)
			k.glued = append(k.glued, gluedWord{p, keyInfo{row.class, mustRule(row.rule)}})
			k.addTails(p)
			k.gluedTails.add(tail(p, len(p)))
		}
	}
	for i := range valueNames {
		k.ends.add(end3(valueNames[i].text)) // its key is a sibling
	}
	for name := range loginCalls {
		k.ends.add(end3(name))
	}
	k.addQualifiers()
	return k
}

// add enters a phrase, and its words written together.
func (k *keyWords) add(phrase string, info keyInfo) {
	k.phrases[phrase] = info
	if before, ok := strings.CutSuffix(phrase, " id"); ok && (info.class == keyWhole || info.class == keyNational) {
		// Most keys that end so are of no interest. In a text the words before give these away; see announcedNumber.
		h := tail(phrase, len(phrase))
		k.lasts.add(h)
		k.pairs.add(h*37 + tail(before, len(before)))
		return
	}
	if joined := strings.ReplaceAll(phrase, " ", ""); joined != phrase {
		if _, ok := k.phrases[joined]; !ok {
			k.phrases[joined] = info
		}
		k.addTails(joined)
	}
	k.addTails(phrase)
}
