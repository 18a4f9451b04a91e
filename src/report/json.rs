//! `json`: one document, schema version 1, which scripts may rely on.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::record::{Records, SCHEMA_VERSION, Summary, TOOL, Tool};
use super::{Options, Reporter, guard};
use crate::diagnostic::Run;

/// See the file's first line.
pub(super) struct Json;

impl Json {
    /// All of it is always there, so there is nothing to choose.
    pub(super) fn new(_: Options) -> Self {
        Self
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'r> {
    schema_version: u32,
    tool: Tool,
    as_of: &'r str,
    summary: Summary,
    #[serde(flatten)]
    lists: Lists<'r>,
}

/// The four lists, each written record by record.
struct Lists<'r>(Records<'r>);

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut lists = serializer.serialize_map(Some(4))?;
        lists.serialize_entry("diagnostics", &List(|| self.0.diagnostics()))?;
        lists.serialize_entry("undecided", &List(|| self.0.undecided()))?;
        lists.serialize_entry("suppressed", &List(|| self.0.suppressed()))?;
        lists.serialize_entry("unreadable", &List(|| self.0.unreadable()))?;
        lists.end()
    }
}

/// An array out of what an iterator gives, one by one.
struct List<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

impl Reporter for Json {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: TOOL,
            as_of: &run.as_of,
            summary: Summary::of(run),
            lists: Lists(Records::of(run)),
        };
        guard::pretty(out, &document)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::diagnostic::{Diagnostic, Label, Run, Severity};
    use crate::report::Format;
    use crate::report::sample::{clean, options, print, run};
    use crate::source::{Encoding, Loaded, Span};

    #[test]
    fn the_document_of_schema_version_1() {
        assert_snapshot!(print(Format::Json, &run(), options()), @r#"
        {
          "schemaVersion": 1,
          "tool": {
            "name": "armlint",
            "version": "0.1.0"
          },
          "asOf": "2026-11-23",
          "summary": {
            "files": {
              "seen": 7,
              "templates": 3,
              "parameterFiles": 1,
              "other": 2,
              "unreadable": 1,
              "bicep": 2
            },
            "services": 2,
            "diagnostics": {
              "error": 2,
              "warning": 1,
              "note": 1
            },
            "undecided": 1,
            "suppressed": 1,
            "baselined": 1
          },
          "diagnostics": [
            {
              "rule": "api-management/stv1-api-version",
              "severity": "error",
              "verdict": "fails",
              "message": "service `apim-contoso-dev` is deployed with API version 2019-12-01",
              "file": "infra/main.json",
              "range": {
                "start": {
                  "line": 5,
                  "column": 21,
                  "offset": 94
                },
                "end": {
                  "line": 5,
                  "column": 33,
                  "offset": 106
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "apim-contoso-dev",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "apiVersion",
              "labels": [
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 5,
                      "column": 21,
                      "offset": 94
                    },
                    "end": {
                      "line": 5,
                      "column": 33,
                      "offset": 106
                    }
                  },
                  "text": "older than 2021-01-01-preview: the v1 platform (stv1)",
                  "primary": true
                }
              ],
              "help": "write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-stv1-api-version",
              "environments": {
                "fails": [
                  "defaults"
                ],
                "passes": [],
                "undecided": []
              },
              "condition": null,
              "instances": 1,
              "fixes": [
                {
                  "title": "set `apiVersion` to \"2024-05-01\"",
                  "safety": "safe",
                  "edits": [
                    {
                      "file": "infra/main.json",
                      "range": {
                        "start": {
                          "line": 5,
                          "column": 21,
                          "offset": 94
                        },
                        "end": {
                          "line": 5,
                          "column": 33,
                          "offset": 106
                        }
                      },
                      "newText": "\"2024-05-01\""
                    }
                  ]
                }
              ],
              "fingerprint": "4824f55f414d15c6d5646acda2f03bf2"
            },
            {
              "rule": "api-management/vnet-without-standard-public-ip",
              "severity": "warning",
              "verdict": "fails",
              "message": "service `apim-{env}` joins a virtual network (External) without a public IP address of its own",
              "file": "infra/main.json",
              "range": {
                "start": {
                  "line": 8,
                  "column": 31,
                  "offset": 201
                },
                "end": {
                  "line": 8,
                  "column": 60,
                  "offset": 230
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "apim-{env}",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "properties.virtualNetworkType",
              "labels": [
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 8,
                      "column": 31,
                      "offset": 201
                    },
                    "end": {
                      "line": 8,
                      "column": 60,
                      "offset": 230
                    }
                  },
                  "text": "External",
                  "primary": true
                },
                {
                  "file": "infra/prod.parameters.json",
                  "range": {
                    "start": {
                      "line": 3,
                      "column": 29,
                      "offset": 49
                    },
                    "end": {
                      "line": 3,
                      "column": 39,
                      "offset": 59
                    }
                  },
                  "text": "set here",
                  "primary": false
                },
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 6,
                      "column": 15,
                      "offset": 122
                    },
                    "end": {
                      "line": 6,
                      "column": 40,
                      "offset": 147
                    }
                  },
                  "text": "this service",
                  "primary": false
                }
              ],
              "help": "add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-vnet-without-standard-public-ip",
              "environments": {
                "fails": [
                  "infra/prod.parameters.json"
                ],
                "passes": [
                  "defaults",
                  "infra/dev.parameters.json"
                ],
                "undecided": []
              },
              "condition": "[parameters('deployApim')]",
              "instances": 3,
              "fixes": [],
              "fingerprint": "a4fa371b8e29ca1909e116e3c7a34588"
            },
            {
              "rule": "api-management/non-standard-public-ip",
              "severity": "note",
              "verdict": "fails",
              "message": "`中文-é-👍` is not Standard",
              "file": "infra/wide, 中文 100%.json",
              "range": {
                "start": {
                  "line": 2,
                  "column": 38,
                  "offset": 47
                },
                "end": {
                  "line": 2,
                  "column": 45,
                  "offset": 54
                }
              },
              "resource": null,
              "path": "",
              "labels": [
                {
                  "file": "infra/wide, 中文 100%.json",
                  "range": {
                    "start": {
                      "line": 2,
                      "column": 38,
                      "offset": 47
                    },
                    "end": {
                      "line": 2,
                      "column": 45,
                      "offset": 54
                    }
                  },
                  "text": "Basic here",
                  "primary": true
                },
                {
                  "file": "infra/wide, 中文 100%.json",
                  "range": {
                    "start": {
                      "line": 2,
                      "column": 11,
                      "offset": 12
                    },
                    "end": {
                      "line": 2,
                      "column": 19,
                      "offset": 28
                    }
                  },
                  "text": "",
                  "primary": false
                }
              ],
              "help": null,
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-non-standard-public-ip",
              "environments": {
                "fails": [
                  "defaults"
                ],
                "passes": [],
                "undecided": []
              },
              "condition": null,
              "instances": 1,
              "fixes": [],
              "fingerprint": "ae4e072398e4857ae9055bb469aca717"
            },
            {
              "rule": "my/name",
              "severity": "error",
              "verdict": "fails",
              "message": "bad name `\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1`",
              "file": "infra/\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json",
              "range": {
                "start": {
                  "line": 2,
                  "column": 11,
                  "offset": 12
                },
                "end": {
                  "line": 3,
                  "column": 157,
                  "offset": 182
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "",
              "labels": [
                {
                  "file": "infra/\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json",
                  "range": {
                    "start": {
                      "line": 2,
                      "column": 11,
                      "offset": 12
                    },
                    "end": {
                      "line": 3,
                      "column": 157,
                      "offset": 182
                    }
                  },
                  "text": "named \u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1",
                  "primary": true
                }
              ],
              "help": "rename \u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#my-name",
              "environments": {
                "fails": [
                  "defaults"
                ],
                "passes": [],
                "undecided": []
              },
              "condition": null,
              "instances": 1,
              "fixes": [],
              "fingerprint": "eeccb13de038a3cbaeaf747d9955348e"
            }
          ],
          "undecided": [
            {
              "rule": "api-management/vnet-without-standard-public-ip",
              "severity": "warning",
              "verdict": "undecided",
              "reason": "`networkType` has no default and no parameter file gives it",
              "message": "cannot tell whether service `apim` needs a public IP address",
              "file": "infra/main.json",
              "range": {
                "start": {
                  "line": 8,
                  "column": 31,
                  "offset": 201
                },
                "end": {
                  "line": 8,
                  "column": 60,
                  "offset": 230
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "apim-{env}",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "properties.virtualNetworkType",
              "labels": [
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 8,
                      "column": 31,
                      "offset": 201
                    },
                    "end": {
                      "line": 8,
                      "column": 60,
                      "offset": 230
                    }
                  },
                  "text": "External",
                  "primary": true
                }
              ],
              "help": "add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-vnet-without-standard-public-ip",
              "environments": {
                "fails": [],
                "passes": [],
                "undecided": [
                  "defaults"
                ]
              },
              "condition": "[parameters('deployApim')]",
              "instances": 3,
              "fixes": [],
              "fingerprint": "b7f556b4e994b367c1270ab6619c2869"
            }
          ],
          "suppressed": [
            {
              "rule": "api-management/zones-without-premium",
              "severity": "error",
              "verdict": "fails",
              "message": "service `apim-contoso-dev` is deployed with API version 2019-12-01",
              "file": "infra/main.json",
              "range": {
                "start": {
                  "line": 5,
                  "column": 21,
                  "offset": 94
                },
                "end": {
                  "line": 5,
                  "column": 33,
                  "offset": 106
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "apim-contoso-dev",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "apiVersion",
              "labels": [
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 5,
                      "column": 21,
                      "offset": 94
                    },
                    "end": {
                      "line": 5,
                      "column": 33,
                      "offset": 106
                    }
                  },
                  "text": "",
                  "primary": true
                }
              ],
              "help": "write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-zones-without-premium",
              "environments": {
                "fails": [
                  "defaults"
                ],
                "passes": [],
                "undecided": []
              },
              "condition": null,
              "instances": 1,
              "fixes": [],
              "fingerprint": "50d386f0fc48af3b4fc40cd01e01001a",
              "suppression": {
                "kind": "comment",
                "reason": "goes away in May"
              }
            },
            {
              "rule": "api-management/zones-without-premium",
              "severity": "error",
              "verdict": "fails",
              "message": "service `apim-contoso-dev` is deployed with API version 2019-12-01",
              "file": "infra/main.json",
              "range": {
                "start": {
                  "line": 9,
                  "column": 29,
                  "offset": 260
                },
                "end": {
                  "line": 9,
                  "column": 31,
                  "offset": 262
                }
              },
              "resource": {
                "type": "Microsoft.ApiManagement/service",
                "name": "apim-contoso-dev",
                "symbolicName": null,
                "pointer": "/resources/0"
              },
              "path": "apiVersion",
              "labels": [
                {
                  "file": "infra/main.json",
                  "range": {
                    "start": {
                      "line": 9,
                      "column": 29,
                      "offset": 260
                    },
                    "end": {
                      "line": 9,
                      "column": 31,
                      "offset": 262
                    }
                  },
                  "text": "",
                  "primary": true
                }
              ],
              "help": "write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024",
              "url": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-zones-without-premium",
              "environments": {
                "fails": [
                  "defaults"
                ],
                "passes": [],
                "undecided": []
              },
              "condition": null,
              "instances": 1,
              "fixes": [],
              "fingerprint": "c7cd6e03bbfc38857e36bb7cf0cbb8bb",
              "suppression": {
                "kind": "baseline",
                "reason": null
              }
            }
          ],
          "unreadable": [
            {
              "file": "infra/secret.json",
              "error": "permission denied"
            }
          ]
        }
        "#);
    }

    #[test]
    fn offsets_are_bytes_on_disk_and_columns_are_code_points() {
        let run = clean();
        let text = "{ \"👍\": 1 }";
        let mut diagnostics = Vec::new();
        for encoding in [Encoding::Utf8 { bom: false }, Encoding::Utf8 { bom: true }, Encoding::Utf16Le] {
            let file = run.sources.add("a.json", Loaded { encoding, ..Loaded::utf8(text) });
            let one = u32::try_from(text.find('1').unwrap()).unwrap();
            let label = Label::new(Span::new(file.id(), one, one + 1), "");
            diagnostics.push(Diagnostic::new("s/r", Severity::Error, "no", label));
        }
        let text = print(Format::Json, &Run { diagnostics, ..run }, options());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let starts: Vec<String> =
            json["diagnostics"].as_array().unwrap().iter().map(|found| found["range"]["start"].to_string()).collect();
        assert_snapshot!(starts.join("\n"), @r#"
        {"line":1,"column":8,"offset":10}
        {"line":1,"column":8,"offset":13}
        {"line":1,"column":8,"offset":18}
        "#);
    }
}
