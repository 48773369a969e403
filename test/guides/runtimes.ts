/** How the snippets of a guide are run: each language's harness reads one case a line and says true or false to it. */
export interface Runtime {
  readonly name: string;
  /** What the guide's code fence says. */
  readonly fence: string;
  /** Says its version; fails where the runtime is not installed. */
  readonly version: readonly string[];
  /** Tests need these two anyway; the others only where they are installed. */
  readonly isRequired?: boolean;
  /** The files to run, around the snippet as it is printed. */
  files(snippet: string): Readonly<Record<string, string>>;
  readonly run: readonly string[];
}

/** Columns of a line: secret, the three headers (empty: absent), the body in base64. Parted by tabs. */
const COLUMNS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

const PYTHON = `
import base64, sys
from snippet import verify
for line in sys.stdin.read().splitlines():
    secret, *values, body = line.split("\\t")
    headers = {name: value for name, value in zip(${JSON.stringify(COLUMNS)}, values) if value}
    print(verify(secret, headers, base64.b64decode(body)))
`;

const NODE = `
import { readFileSync } from 'node:fs';
import { verify } from './snippet.mjs';
for (const line of readFileSync(0, 'utf8').trimEnd().split('\\n')) {
  const [secret, ...values] = line.split('\\t');
  const body = values.pop();
  const headers = Object.fromEntries(${JSON.stringify(COLUMNS)}.map((name, n) => [name, values[n] || undefined]));
  console.log(verify(secret, headers, Buffer.from(body, 'base64')));
}
`;

const PHP = `<?php
require __DIR__ . '/snippet.php';
foreach (file('php://stdin', FILE_IGNORE_NEW_LINES) as $line) {
    [$secret, $id, $timestamp, $signature, $body] = explode("\\t", $line);
    $headers = ['Webhook-Id' => $id, 'Webhook-Timestamp' => $timestamp, 'Webhook-Signature' => $signature];
    $present = array_filter($headers, fn ($value) => $value !== '');
    echo verify($secret, $present, base64_decode($body)) ? 'true' : 'false', "\\n";
}
`;

const JAVA = `
class Harness {
    public static void main(String[] args) throws Exception {
        var utf8 = java.nio.charset.StandardCharsets.UTF_8;
        for (String line : new String(System.in.readAllBytes(), utf8).split("\\n")) {
            String[] columns = line.split("\\t", -1);
            var headers = new java.util.TreeMap<String, String>();
            String[] names = { "${COLUMNS.join('", "')}" };
            for (int n = 0; n < 3; n++) if (!columns[n + 1].isEmpty()) headers.put(names[n], columns[n + 1]);
            System.out.println(Webhooks.verify(columns[0], headers::get, Base64.getDecoder().decode(columns[4])));
        }
    }
}
`;

const CSHARP = `
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

public static class Harness
{
    public static void Main()
    {
        string[] names = { "${COLUMNS.join('", "')}" };
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        for (string line = input.ReadLine(); line != null; line = input.ReadLine())
        {
            string[] columns = line.Split('\\t');
            var headers = new Dictionary<string, string>();
            for (int n = 0; n < 3; n++) if (columns[n + 1] != "") headers[names[n]] = columns[n + 1];
            byte[] body = Convert.FromBase64String(columns[4]);
            bool verified = Webhooks.Verify(columns[0], name => headers.TryGetValue(name, out var v) ? v : null, body);
            Console.WriteLine(verified);
        }
    }
}
`;

/** Whatever version there is, it builds for itself and needs nothing from a network. */
const CSHARP_PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework>
    <UseAppHost>false</UseAppHost>
  </PropertyGroup>
</Project>
`;

const GO = `
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\\t")
		headers := map[string]string{}
		for n, name := range []string{"${COLUMNS.join('", "')}"} {
			headers[name] = columns[n+1]
		}
		body, _ := base64.StdEncoding.DecodeString(columns[4])
		fmt.Println(Verify(columns[0], func(name string) string { return headers[name] }, body))
	}
}
`;

export const RUNTIMES: readonly Runtime[] = [
  {
    name: 'python3',
    fence: 'python',
    version: ['python3', '--version'],
    isRequired: true,
    files: (snippet) => ({ 'snippet.py': snippet, 'harness.py': PYTHON }),
    run: ['python3', 'harness.py'],
  },
  {
    name: 'node',
    fence: 'js',
    version: [process.execPath, '--version'],
    isRequired: true,
    files: (snippet) => ({ 'snippet.mjs': snippet, 'harness.mjs': NODE }),
    run: [process.execPath, 'harness.mjs'],
  },
  {
    name: 'php',
    fence: 'php',
    version: ['php', '--version'],
    files: (snippet) => ({ 'snippet.php': snippet, 'harness.php': PHP }),
    run: ['php', 'harness.php'],
  },
  {
    name: 'java',
    fence: 'java',
    // Java 8 does not know this word, and cannot run a source either.
    version: ['java', '--version'],
    // One file, of which the first class is run.
    files: (snippet) => ({ 'Harness.java': snippet.replace(/^public final class/m, `${JAVA}\nfinal class`) }),
    run: ['java', 'Harness.java'],
  },
  {
    name: 'dotnet',
    fence: 'csharp',
    version: ['dotnet', '--version'],
    files: (snippet) => ({ 'Webhooks.cs': snippet, 'Harness.cs': CSHARP, 'harness.csproj': CSHARP_PROJECT }),
    run: ['dotnet', 'run'],
  },
  {
    name: 'go',
    fence: 'go',
    version: ['go', 'version'],
    files: (snippet) => ({ 'snippet.go': snippet.replace('package webhooks', 'package main'), 'harness.go': GO }),
    run: ['go', 'run', 'harness.go', 'snippet.go'],
  },
];

/** Runs the four printed lines as they are, with what a framework and two imports would have put around them. */
export const PLAIN: Runtime = {
  name: 'python3',
  fence: 'python',
  version: ['python3', '--version'],
  isRequired: true,
  files: (snippet) => ({ 'snippet.txt': snippet, 'harness.py': PLAIN_PYTHON }),
  run: ['python3', 'harness.py'],
};

const PLAIN_PYTHON = `
import base64, hashlib, hmac, sys
from types import SimpleNamespace
snippet = compile(open("snippet.txt").read(), "snippet", "exec")
for line in sys.stdin.read().splitlines():
    secret, signature, body = line.split("\\t")
    request = SimpleNamespace(body=base64.b64decode(body), headers={"X-Airtime-Signature": signature})
    try:
        exec(snippet, {"request": request, "WEBHOOK_SECRET": secret, "hmac": hmac, "hashlib": hashlib})
        print(True)
    except AssertionError:
        print(False)
`;
