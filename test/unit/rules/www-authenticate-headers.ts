/** Headers that servers send, and that standards and test collections show, each with its source and what is to be read from it. */

/** A scheme with a token68, or with parameters, or alone. */
export type Read = readonly [scheme: string, rest?: string | Readonly<Record<string, string>>];

export type Example = readonly [name: string, header: string, read: readonly Read[]];

/** Julian Reschke's collection, by its names: http://test.greenbytes.de/tech/tc/httpauth/ */
export const reschke: readonly Example[] = [
  ['simplebasic', 'Basic realm="foo"', [['basic', { realm: 'foo' }]]],
  ['simplebasicucase', 'BASIC REALM="foo"', [['basic', { realm: 'foo' }]]],
  ['simplebasictok: a token is as good as a quoted string', 'Basic realm=foo', [['basic', { realm: 'foo' }]]],
  ['simplebasictokbs: a backslash is no part of a token', 'Basic realm=\\f\\o\\o', []],
  ['simplebasicsq: single quotes are part of a token', "Basic realm='foo'", [['basic', { realm: "'foo'" }]]],
  ['simplebasicpct: percent signs mean nothing', 'Basic realm="foo%20bar"', [['basic', { realm: 'foo%20bar' }]]],
  ['simplebasiccomma: an empty element before the first', 'Basic , realm="foo"', [['basic', { realm: 'foo' }]]],
  ['simplebasiccomma2: forgiven, for it is common', 'Basic, realm="foo"', [['basic', { realm: 'foo' }]]],
  ['simplebasicnorealm', 'Basic', [['basic']]],
  ['simplebasic2realms: a name twice', 'Basic realm="foo", realm="bar"', []],
  ['simplebasicwsrealm: bad whitespace', 'Basic realm = "foo"', [['basic', { realm: 'foo' }]]],
  ['simplebasicrealmsqc: escapes', 'Basic realm="\\f\\o\\o"', [['basic', { realm: 'foo' }]]],
  ['simplebasicrealmsqc2: escaped quotes', 'Basic realm="\\"foo\\""', [['basic', { realm: '"foo"' }]]],
  [
    'simplebasicnewparam1: empty elements between',
    'Basic realm="foo", bar="xyz",, a=b,,,c=d',
    [['basic', { realm: 'foo', bar: 'xyz', a: 'b', c: 'd' }]],
  ],
  ['simplebasicnewparam2', 'Basic bar="xyz", realm="foo"', [['basic', { bar: 'xyz', realm: 'foo' }]]],
  ['simplebasicrealmiso88591', 'Basic realm="foo-\u00e4"', [['basic', { realm: 'foo-\u00e4' }]]],
  ['simplebasicrealmutf8', 'Basic realm="foo-\u00c3\u00a4"', [['basic', { realm: 'foo-\u00c3\u00a4' }]]],
  [
    'simplebasicrealmrfc2047',
    'Basic realm="=?ISO-8859-1?Q?foo-=E4?="',
    [['basic', { realm: '=?ISO-8859-1?Q?foo-=E4?=' }]],
  ],
  [
    'multibasicunknown',
    'Basic realm="basic", Newauth realm="newauth"',
    [
      ['basic', { realm: 'basic' }],
      ['newauth', { realm: 'newauth' }],
    ],
  ],
  ['multibasicunknownnoparam', 'Basic realm="basic", Newauth', [['basic', { realm: 'basic' }], ['newauth']]],
  [
    'multibasicunknown2',
    'Newauth realm="newauth", Basic realm="basic"',
    [
      ['newauth', { realm: 'newauth' }],
      ['basic', { realm: 'basic' }],
    ],
  ],
  ['multibasicunknown2np', 'Newauth, Basic realm="basic"', [['newauth'], ['basic', { realm: 'basic' }]]],
  ['multibasicempty', ',Basic realm="basic"', [['basic', { realm: 'basic' }]]],
  [
    'multibasicqs: the example of RFC 9110 section 11.6.1, which no browser reads (httpwg/http-core#136)',
    'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
    [
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ['basic', { realm: 'simple' }],
    ],
  ],
  [
    'multidisgscheme: a parameter named like a scheme',
    'Newauth realm="Newauth Realm", basic=foo, Basic realm="Basic Realm"',
    [
      ['newauth', { realm: 'Newauth Realm', basic: 'foo' }],
      ['basic', { realm: 'Basic Realm' }],
    ],
  ],
  ['unknown', 'Newauth realm="newauth"', [['newauth', { realm: 'newauth' }]]],
  [
    'disguisedrealm: the name of a parameter inside of a value',
    'Basic foo="realm=nottherealm", realm="basic"',
    [['basic', { foo: 'realm=nottherealm', realm: 'basic' }]],
  ],
  [
    'disguisedrealm2',
    'Basic nottherealm="nottherealm", realm="basic"',
    [['basic', { nottherealm: 'nottherealm', realm: 'basic' }]],
  ],
  ['missingquote', 'Basic realm="basic', []],
];

export const standards: readonly Example[] = [
  ['RFC 6750 section 3, no credentials', 'Bearer realm="example"', [['bearer', { realm: 'example' }]]],
  [
    'RFC 6750 section 3, expired',
    'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    [['bearer', { realm: 'example', error: 'invalid_token', error_description: 'The access token expired' }]],
  ],
  [
    'RFC 9470 section 3, another level',
    'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR"',
    [
      [
        'bearer',
        {
          error: 'insufficient_user_authentication',
          error_description: 'A different authentication level is required',
          acr_values: 'myACR',
        },
      ],
    ],
  ],
  [
    'RFC 9470 section 3, more recent',
    'Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="5"',
    [
      [
        'bearer',
        {
          error: 'insufficient_user_authentication',
          error_description: 'More recent authentication is required',
          max_age: '5',
        },
      ],
    ],
  ],
  ['RFC 9449 section 7.1, what is on offer', 'DPoP algs="ES256 PS256"', [['dpop', { algs: 'ES256 PS256' }]]],
  [
    'RFC 9449 section 7.2, two schemes, the first alone',
    'Bearer, DPoP algs="ES256 PS256"',
    [['bearer'], ['dpop', { algs: 'ES256 PS256' }]],
  ],
  [
    'RFC 9449 section 9, a nonce',
    'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"',
    [['dpop', { error: 'use_dpop_nonce', error_description: 'Resource server requires nonce in DPoP proof' }]],
  ],
  [
    'RFC 7616 section 3.9.1, a comma inside of a value, in two fields',
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5',
    [
      [
        'digest',
        {
          realm: 'http-auth@example.org',
          qop: 'auth, auth-int',
          algorithm: 'SHA-256',
          nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
          opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
        },
      ],
      ['digest', { realm: 'http-auth@example.org', qop: 'auth, auth-int', algorithm: 'MD5' }],
    ],
  ],
  [
    'RFC 4559 section 4.2, a token68',
    'Negotiate a87421000492aa874209af8bc028',
    [['negotiate', 'a87421000492aa874209af8bc028']],
  ],
  [
    'RFC 7617 section 2.1, charset',
    'Basic realm="foo", charset="UTF-8"',
    [['basic', { realm: 'foo', charset: 'UTF-8' }]],
  ],
];

export const seen: readonly Example[] = [
  [
    'Entra, a claims challenge (learn.microsoft.com/en-us/entra/identity-platform/claims-challenge)',
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiY3AxIn19fQ=="',
    [
      [
        'bearer',
        {
          realm: '',
          authorization_uri: 'https://login.microsoftonline.com/common/oauth2/authorize',
          error: 'insufficient_claims',
          claims: 'eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiY3AxIn19fQ==',
        },
      ],
    ],
  ],
  [
    'Bearer as the last of three (AzureAD/azure-activedirectory-library-for-dotnet#888)',
    'Negotiate, NTLM, Bearer realm="x"',
    [['negotiate'], ['ntlm'], ['bearer', { realm: 'x' }]],
  ],
  [
    'no blank after commas (marcoesposito1988/http_auth#8)',
    'firstscheme,secondscheme param1=foo, param2=bar,param3=baz,thirdscheme',
    [['firstscheme'], ['secondscheme', { param1: 'foo', param2: 'bar', param3: 'baz' }], ['thirdscheme']],
  ],
  [
    'NTLM and Negotiate, two fields joined (mullender/python-ntlm#30)',
    'NTLM TlRMTVNTUAACAAAABAAEADgAAAAFgomi3k7KRx+HGYQAAAAA, Negotiate',
    [['ntlm', 'TlRMTVNTUAACAAAABAAEADgAAAAFgomi3k7KRx+HGYQAAAAA'], ['negotiate']],
  ],
  [
    'a registry, with commas inside of the scope (docs.docker.com)',
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:samalba/my-app:pull,push',
        },
      ],
    ],
  ],
  [
    'a comma right after the scheme (oauthlib/oauthlib#676)',
    'Bearer, error=access_denied, error_description=foobar',
    [['bearer', { error: 'access_denied', error_description: 'foobar' }]],
  ],
  [
    'a comma right after the scheme (cloudendpoints/esp#843)',
    'Bearer, error="invalid_token"',
    [['bearer', { error: 'invalid_token' }]],
  ],
  [
    'no commas at all (jetty/jetty.project#14008)',
    'Bearer realm="Starburst-OAuth-Client" error="invalid_client" error_description="No description"',
    [],
  ],
  [
    'quotes inside of quotes (auth0/node-oauth2-jwt-bearer#15)',
    'Bearer error="invalid_token", error_description="Unexpected "foo" value"',
    [],
  ],
  [
    'quotes inside of quotes, and one more challenge that is good',
    'Bearer error="invalid_token", error_description="Unexpected "foo" value", Basic realm="x"',
    [['basic', { realm: 'x' }]],
  ],
  [
    'quoted strings without names (graph.facebook.com)',
    'OAuth "Facebook Platform" "invalid_token" "Session has expired, at 14:00"',
    [],
  ],
  [
    'two claims challenges joined (Azure/azure-sdk-for-python, tests of azure-mgmt-core)',
    'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOiB7ImZvbyI6ICJiYXIifX0=",Bearer authorization_uri="https://login.windows-ppe.net/", error="invalid_token", claims="eyJ9"',
    [
      ['bearer', { realm: '', error: 'insufficient_claims', claims: 'eyJhY2Nlc3NfdG9rZW4iOiB7ImZvbyI6ICJiYXIifX0=' }],
      ['bearer', { authorization_uri: 'https://login.windows-ppe.net/', error: 'invalid_token', claims: 'eyJ9' }],
    ],
  ],
  [
    'an escaped quote before a comma (modelcontextprotocol/python-sdk#3012)',
    'Bearer scope="say \\"hi, there"',
    [['bearer', { scope: 'say "hi, there' }]],
  ],
  [
    'blanks around an equals sign (albroco barebonesdigest)',
    'Basic realm = "simple"  ,  key="v"',
    [['basic', { realm: 'simple', key: 'v' }]],
  ],
  ['a scheme alone (jcgregorio/httplib2#249)', 'Token', [['token']]],
];
