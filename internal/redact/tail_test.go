package redact

import "testing"

func TestAValueGoesToItsEnd(t *testing.T) {
	checkNotations(t, newRedactor(t), []notation{
		{"PASSWORD=Tr0ub4dor&3", "PASSWORD=§"},
		{"Passwort: Abc&geheimesWort99", "Passwort: §"},
		{"password: Tulip&Engine&River9", "password: §"},
		{"DB_PASSWORD=ab&cd9\nDB_USER=x", "DB_PASSWORD=§\nDB_USER=x"},
		{"SECRET_KEY=k3y&!x9Zq", "SECRET_KEY=§"},
		{"contraseña: sol&Luna77, gracias", "contraseña: §, gracias"},
		{"password is Tr0ub4dor&3.", "password is §."},
		{"my password is ab\"SuperSecret9", "my password is §"},
		{"PASSWORD=Tr0ub\"4dor9", "PASSWORD=§"},
		{"PASSWORD=Tr0ub\\4dor9", "PASSWORD=§"},
		{"PASSWORD=Tr0ub\\Dor9", "PASSWORD=§"},
		{"password: Tulip{Engine9", "password: §"},
		{"PASSWORD=Tr0ub{4dor", "PASSWORD=§"},
		{"PASSWORD=Tul{ip}Engine9", "PASSWORD=§"},
		{"password: Tr0ub4dor&amp;3", "password: §"},
		{"--password Tr0ub4dor&3x", "--password §"},
		{"password='Tr0ub\"4dor9'", "password='§'"},
		{"Password: Tr0ub`4dor", "Password: §"},
		{"?password=Tr0ub%264dor&x=1", "?password=§&x=1"},
		// Queries and form bodies.
		{"?user=a&password=Tr0ub4dor&debug", "?user=a&password=§&debug"},
		{"https://h.example/x?password=Tr0ub4dor&3", "https://h.example/x?password=§&3"},
		{"a=b&password=Tr0ub4dor&c=d", "a=b&password=§&c=d"},
		{"a=b&amp;password=Tr0ub4dor&amp;c=d", "a=b&amp;password=§&amp;c=d"},
		{"password=Tr0ub4dor&c=d", "password=§&c=d"},
		{"password=Tr0ub4dor&user[name]=d", "password=§&user[name]=d"},
		{"a=b&password=Tr0ub4dor&c", "a=b&password=§&c"},
		{"#access_token=q7Zt2LxPw9sVn4KcR1yT&expires_in", "#access_token=§&expires_in"},
		{"next=%3Fpassword%3DTr0ub4dor%26x%3D1", "next=%3Fpassword%3D§%26x%3D1"},
		// Shells, HTML and strings.
		{"export PASSWORD=Tr0ub4dor&&make x", "export PASSWORD=§&&make x"},
		{"PASSWORD=Tr0ub4dor && make", "PASSWORD=§ && make"},
		{"PASSWORD=Tr0ub4dor& make", "PASSWORD=§& make"},
		{"<b>password: Tr0ub4dor&lt;/b&gt;", "<b>password: §&lt;/b&gt;"},
		{"&quot;password=Tr0ub4dor&quot; x", "&quot;password=§&quot; x"},
		{`{"log":"password=Tr0ub4dor","x":1}`, `{"log":"password=§","x":1}`},
		{`print("password=Tr0ub4dor"+x)`, `print("password=§"+x)`},
		{`{"log":"password=Tr0ub4dor\nnext=1"}`, `{"log":"password=§\nnext=1"}`},
		{`{"log":"{\"a\":\"password=Tr0ub4dor\"}"}`, `{"log":"{\"a\":\"password=§\"}"}`},
		{`title="password=Tr0ub4dor"class="x"`, `title="password=§"class="x"`},
		// No values.
		{"password=Config{Name: x}", ""},
		{"password = field{name}", ""},
		{"R&D, Q&A and password policies", ""},
		{"token=build{", ""},
	})
}
