package redact

// commandRule says where a command takes credentials. Long flags with the name of a secret are found by it and are not listed. Source: the
// manual page or the documentation of the command.
type commandRule struct {
	// sub are the words that follow the name of the command.
	sub string
	// flags take a password; a short one may be joined to it. Behind a tilde a separate word counts only when it looks like a password,
	// behind an exclamation mark it never does.
	flags string
	// pairs take a user and a password, joined by a colon, a percent sign or a comma.
	pairs string
	// sources take "pass:" and a password.
	sources string
	// literals take a name, an equals sign and a secret.
	literals string
	// valued are flags whose argument is another word, so that it is not counted.
	valued string
	// arg is the number of the word that is a password, flags not counted.
	arg int
	// when is a flag without which arg does not count; its letter may stand among others.
	when string
	// assigns says that the words are names, equals signs and secrets.
	assigns bool
	// connects says that the first word is a connection string.
	connects bool
	// tokens says that the password at arg is a token, so that it has some length and looks like one.
	tokens bool
	// wraps says that the first word that is no flag begins another command.
	wraps bool
	// needs is a word without which the rule does not count.
	needs string
}

// commandTable lists the commands by name.
var commandTable = map[string][]commandRule{
	"curl":             {{pairs: "-u --user -U --proxy-user"}},
	"http":             {{pairs: "-a --auth"}},
	"https":            {{pairs: "-a --auth"}},
	"smbclient":        {{pairs: "-U --user"}},
	"lftp":             {{pairs: "-u"}},
	"skopeo":           {{pairs: "--creds --src-creds --dest-creds"}},
	"mysql":            {{flags: "~-p"}},
	"mysqldump":        {{flags: "~-p"}},
	"mysqladmin":       {{flags: "~-p"}},
	"mariadb":          {{flags: "~-p"}},
	"sshpass":          {{flags: "-p", wraps: true}},
	"redis":            {{flags: "-a"}},
	"mongo":            {{flags: "-p"}},
	"mongosh":          {{flags: "-p"}},
	"mongodump":        {{flags: "-p"}},
	"sqlcmd":           {{flags: "-P -z -Z"}},
	"bcp":              {{flags: "-P"}},
	"ldapsearch":       {{flags: "-w"}},
	"ldapmodify":       {{flags: "-w"}},
	"ldapadd":          {{flags: "-w"}},
	"snowsql":          {{flags: "-p"}},
	"unzip":            {{flags: "-P"}},
	"zip":              {{flags: "-P"}},
	"7z":               {{sub: "a", flags: "!-p"}, {sub: "x", flags: "!-p"}, {sub: "e", flags: "!-p"}, {sub: "u", flags: "!-p"}},
	"rar":              {{flags: "!-hp !-p"}},
	"unrar":            {{flags: "!-p"}},
	"keytool":          {{flags: "-storepass -keypass -srcstorepass -deststorepass"}},
	"jarsigner":        {{flags: "-storepass -keypass"}},
	"keygen":           {{flags: "-N -P"}},
	"openssl":          {{flags: "-k", sources: "-passin -passout -pass"}},
	"apksigner":        {{sources: "--ks-pass --key-pass"}},
	"twine":            {{flags: "-p"}},
	"docker":           {{sub: "login", flags: "-p"}},
	"podman":           {{sub: "login", flags: "-p"}},
	"nerdctl":          {{sub: "login", flags: "-p"}},
	"helm":             {{sub: "registry login", flags: "-p"}},
	"oras":             {{sub: "login", flags: "-p"}},
	"useradd":          {{flags: "-p"}},
	"usermod":          {{flags: "-p"}},
	"mosquitto_pub":    {{flags: "-P"}},
	"mosquitto_sub":    {{flags: "-P"}},
	"mosquitto_passwd": {{arg: 3, when: "b"}},
	"ipmitool":         {{flags: "-P"}},
	"psexec":           {{flags: "-p"}},
	"gpg":              {{flags: "--passphrase"}},
	"llm":              {{sub: "keys set", flags: "--value"}, {flags: "~--key"}},
	"gh":               {{sub: "secret set", flags: "--body -b"}},
	"az":               {{sub: "login", flags: "-p"}},
	"keyvault":         {{sub: "secret set", flags: "--value"}},
	"kubectl":          {{sub: "create secret", literals: "--from-literal"}},
	"cmdkey":           {{flags: "/pass /p"}},
	"htpasswd":         {{arg: 3, when: "b"}, {arg: 2, when: "n"}},
	"net":              {{sub: "user", arg: 2}, {sub: "use", arg: 2}},
	"vault":            {{sub: "kv put", assigns: true}, {sub: "kv patch", assigns: true}, {sub: "login", arg: 1, tokens: true}, {sub: "operator unseal", arg: 1, tokens: true}, {sub: "write auth", assigns: true}},
	"fly":              {{sub: "secrets set", assigns: true, valued: "-a --app -c --config"}},
	"flyctl":           {{sub: "secrets set", assigns: true, valued: "-a --app -c --config"}},
	"doppler":          {{sub: "secrets set", assigns: true, arg: 2, valued: "-p --project -c --config"}},
	"supabase":         {{sub: "secrets set", assigns: true}},
	"rabbitmqctl":      {{sub: "add_user", arg: 2}, {sub: "change_password", arg: 2}},
	"dotnet":           {{sub: "user-secrets set", arg: 2, valued: "-p --project --id"}},
	"pulumi":           {{sub: "config set", arg: 2, when: "--secret", valued: "-s --stack"}},
	"wandb":            {{sub: "login", arg: 1, tokens: true}},
	"ngrok":            {{sub: "config add-authtoken", arg: 1, tokens: true}, {sub: "authtoken", arg: 1, tokens: true}},
	"cargo":            {{sub: "login", arg: 1, tokens: true}},
	"snyk":             {{sub: "auth", arg: 1, tokens: true}},
	"poetry":           {{sub: "config", arg: 3, when: "http-basic"}, {sub: "config", arg: 2, when: "pypi-token"}},
	"composer":         {{sub: "config", arg: 3, when: "http-basic"}},
	"nmcli":            {{sub: "dev wifi connect", arg: 3, when: "password"}, {sub: "device wifi connect", arg: 3, when: "password"}},
	"wpa_passphrase":   {{arg: 2}},
	"cf":               {{sub: "auth", arg: 2}, {sub: "login", flags: "-p"}},
	"npm":              {{sub: "config set", arg: 2, when: "_auth"}, {sub: "config set", arg: 2, when: "_password"}},
	"pnpm":             {{sub: "config set", arg: 2, when: "_auth"}},
	"sqlplus":          {{connects: true}},
	"impacket":         {{connects: true}},
	"xhs":              {{pairs: "-a --auth"}},
	"etcdctl":          {{pairs: "--user"}},
	"winexe":           {{pairs: "-U"}},
	"mongorestore":     {{flags: "-p"}},
	"mongoexport":      {{flags: "-p"}},
	"mongoimport":      {{flags: "-p"}},
	"mysqlimport":      {{flags: "~-p"}},
	"mysqlcheck":       {{flags: "~-p"}},
	"cqlsh":            {{flags: "~-p"}},
	"ldapdelete":       {{flags: "-w"}},
	"ldapwhoami":       {{flags: "-w"}},
	"ldappasswd":       {{flags: "-w -s -a"}},
	"kadmin":           {{flags: "-w"}},
	"addprinc":         {{flags: "-pw"}},
	"snmpget":          {{flags: "-A -X"}},
	"snmpwalk":         {{flags: "-A -X"}},
	"plink":            {{flags: "-pw"}},
	"pscp":             {{flags: "-pw"}},
	"psftp":            {{flags: "-pw"}},
	"rdesktop":         {{flags: "-p"}},
	"xfreerdp":         {{flags: "/p"}},
	"wlfreerdp":        {{flags: "/p"}},
	"ncftp":            {{flags: "-p"}},
	"crackmapexec":     {{flags: "-p"}},
	"netexec":          {{flags: "-p"}},
	"nxc":              {{flags: "-p"}},
	"winrm":            {{flags: "-p"}},
	"smbmap":           {{flags: "-p"}},
	"hydra":            {{flags: "-p"}},
	"sonar":            {{flags: "-Dsonar.login -Dsonar.password"}},
	"tailscale":        {{flags: "--authkey --auth-key"}},
	"generic":          {{flags: "-w", needs: "-s"}}, // security add-generic-password
	"internet":         {{flags: "-w", needs: "-s"}}, // security add-internet-password
	"ssm":              {{sub: "put-parameter", flags: "--value", needs: "SecureString"}},
	"doctl":            {{sub: "auth init", flags: "-t"}},
	"airflow":          {{sub: "users create", flags: "-p"}},
	"rclone":           {{sub: "obscure", arg: 1}},
	"netlify":          {{sub: "env:set", arg: 2}},
	"nuget":            {{sub: "setapikey", arg: 1}, {sub: "setApiKey", arg: 1}},
	"ansible":          {{sub: "encrypt_string", arg: 1}},
	"cloudflared":      {{sub: "service install", arg: 1, tokens: true}},
	"mc":               {{sub: "alias set", arg: 4}},
	"bw":               {{sub: "login", arg: 2}},
	"alias":            nil, // the word behind mc, which gives it away
}

// twoLetterCommands are the commands in commandTable whose names are too short to be looked for; the word after them is.
var twoLetterCommands = wordSetOf("gh az cf mc bw")

// pipeReaders stand in commands that read a secret from their standard input.
var pipeReaders = []string{
	"-stdin", "sudo -S", "chpasswd", "passwd", "--with-token", "kinit", "secret put", "secret set", "secret create", "secrets create", "secrets set", "secrets versions add", "env add", "docker login", "registry login", "-pass stdin", "--passphrase-fd 0",
	"cryptsetup", "--data-file=-", "secret-tool store", "pass insert", "vault kv put", "vault login -",
}
