package redact

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// argumentLists are commands as lists of arguments, in JSON, so that they can be spelt in other ways.
var argumentLists = []string{
	`["curl","-u","bob:«hunter2xy!»","https://a.example"]`,
	`["curl","-ubob:«hunter2xy!»","https://a.example"]`,
	`["/usr/bin/curl","--user","bob:«hunter2xy!»"]`,
	`["sudo","sshpass","-p","«hunter2xy!»","ssh","-p","2222","a@b"]`,
	`["docker","exec","db","mysql","-u","root","-p«hunter2xy!»"]`,
	`["docker","login","-u","a","-p","«tulipengineriver»","h"]`,
	`["helm","registry","login","h","-u","a","-p","«tulipengineriver»"]`,
	`["redis-cli","-h","h","-p","6379","-a","«tulipengineriver»","ping"]`,
	`["redis-server","--requirepass","«hunter2xy!»"]`,
	`["7z","a","-p«tulipengineriver»","a.7z"]`,
	`["openssl","rsa","-passin","pass:«tulipengineriver»"]`,
	`["kubectl","create","secret","generic","s","--from-literal=db=«tulipengineriver»"]`,
	`["gh","secret","set","K","--body","«tulipengineriver»"]`,
	`["az","login","-u","a","-p","«tulipengineriver»"]`,
	`["htpasswd","-b",".htpasswd","bob","«tulipengineriver»"]`,
	`["net","user","bob","«tulipengineriver»","/add"]`,
	`["vault","kv","put","secret/x","db=«tulipengineriver»"]`,
	`["snowsql","-p","«tulip engine»"]`,
	`{"command":["redis-cli","-a","«tulipengineriver»"]}`,
	`{"command":"mysql","args":["-u","root","-p«hunter2xy!»","db"]}`,
	`{"command":"docker","args":["login","-u","a","-p","«tulipengineriver»"],"cwd":"/x"}`,
	`{"command":["redis-cli"],"args":["-a","«tulipengineriver»"]}`,
	`{"args":["-u","root","-p«hunter2xy!»","db"],"command":"mysql"}`,
	`{"command":"mysql","cwd":"/x","timeout":5,"args":["-p«hunter2xy!»"]}`,
	`{"Entrypoint":["mongosh"],"Cmd":["-u","a","-p","«tulipengineriver»"]}`,
	`["oc","login","-u","a","-p","«tulipengineriver»"]`,
	`["curl.exe","-u","bob:«hunter2xy!»"]`,
	`{"command":"gh","args":["secret","set","K","--body","«tulipengineriver»"]}`,
}

// plainLists are lists in which nothing is secret.
var plainLists = []string{
	`["docker","run","-p","8080:80","nginx"]`,
	`["ssh","-p","2222","a@h"]`,
	`["mkdir","-p","tulip9engine"]`,
	`["curl","-u","alice","https://h"]`,
	`["curl","-X","POST","-d","a=b"]`,
	`["redis-cli","-h","h","-p","6379"]`,
	`["mysql","-u","root","-p","shop"]`,
	`["docker","mysql","redis","curl"]`,
	`["mysql","-u","root"],["-p","tulip9engine"]`,
	`["the","net","user","experience","documentation"]`,
	`["7z","l","-ppath"]`,
	`["openssl","rsa","-passin","env:PASS"]`,
	`["curl","-u","$USER:$PASS"]`,
	`{"curl":"-u","x":"bob:tulip9engine"}`,
	`{"command":"mkdir","args":["-p","tulip9engine"]}`,
	`{"command":"redis-cli","text":["-a","tulip9engine"]}`,
	`{"args":["-a","tulip9engine"],"x":{"command":"redis-cli"}}`,
	`{"args":["-p","tulip9engine"],"command":"npx"}`,
	`{"command":"mysql","x":{"args":["-ptulipengineriver"]}}`,
	`["login","-p","tulip9engine"]`,
	`["redis-cli","-a",51234,"-h","h"]`,
	`["gh","pr","create","--body","tulipengineriver"]`,
}

// spellings returns a text of JSON as it is, with blanks, over several lines, and escaped once and twice.
func spellings(t *testing.T, text string) []string {
	t.Helper()
	escaped := text
	all := []string{text, strings.ReplaceAll(text, `,"`, `, "`), strings.NewReplacer(`[`, "[\n  ", `,`, ",\n  ", `]`, "\n]").Replace(text)}
	for range 2 {
		raw, err := json.Marshal(escaped)
		require.NoError(t, err)
		escaped = string(raw)
		all = append(all, `{"text":`+escaped+`}`)
	}
	pretty, err := json.Marshal(all[2])
	require.NoError(t, err)
	all = append(all, string(pretty))
	if !strings.Contains(text, "{") {
		all = append(all, strings.ReplaceAll(text, `"`, `'`), "CMD "+text, "subprocess.run("+text+")", "command: "+text)
	}
	return all
}

func TestCredentialsInListsOfArguments(t *testing.T) {
	r := newRedactor(t)
	for _, list := range [][]string{argumentLists, plainLists} {
		for _, e := range list {
			for _, spelt := range spellings(t, e) {
				t.Run(spelt, func(t *testing.T) {
					assertRedactsOnly(t, r, spelt)
					text := strings.NewReplacer("«", "", "»", "").Replace(spelt)
					out, _ := r.String("", text)
					assert.Equal(t, json.Valid([]byte(text)), json.Valid([]byte(out)), out)
				})
			}
		}
	}
}

func TestCredentialsInListsOfOtherNotations(t *testing.T) {
	redactsOnly(t, []string{
		"command: [\"redis-cli\"]\nargs: [\"-a\", \"«tulipengineriver»\"]\n",
		"command:\n- redis-cli\nargs:\n- -a\n- «tulipengineriver»\n- ping\n",
		"command:\n  - redis-cli\n  - -a\n  - «tulipengineriver»\n  - ping\n",
		"- args:\n  - -a\n  - «tulipengineriver»\n  command:\n  - redis-cli\n  image: redis\n",
		"command: redis-cli\nargs: ['-a', '«tulipengineriver»']\n",
		"command: [redis-cli, -a, «tulipengineriver», ping]\n",
		"command:\n  - mysql\n  - \"-p«tulip9engine»\"\n  - shop\n",
		`exec.Command("curl", "-u", "bob:«hunter2xy!»", url)`,
		`spawn("curl", ["-u", "bob:«hunter2xy!»"])`,
		`Command::new("curl").args(["-u", "bob:«hunter2xy!»"])`,
		`Command::new("curl").arg("-u").arg("bob:«hunter2xy!»")`,
		`{"cmd":"sh -c 'x'","argv":["sshpass","-p«tulipengineriver»"]}`,
		`["mongosh","-u",1,"-p","«tulipengineriver»"]`,
		`["ldapsearch","-w","«tulip\"engine»"]`,
		// Harmless.
		"- docker\n- redis\n- curl -u is for a user:name\n",
		"- curl\n- -u is for a user:name\n- -a tulip9engine\n",
		"commands:\n- redis-cli\n- mysql\n\nflags:\n- -a\n- tulip9engine\n",
		"use redis, mysql, -a, tulip9engine",
		"ports: [redis, mysql]\nargs: [build]\n",
		`exec.Command("ssh", "-p", "2222")`,
		`Command::new("mkdir").args(["-p", "tulip9engine"])`,
		`("curl", "wget"), ("-u", "bob:tulip9engine")`,
		"the tools are \"redis\", \"curl\" and \"mysql\"; -a tulip9engine",
	})
}
