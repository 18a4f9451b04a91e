//! `sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS Standard), for code scanning.
//!
//! The results are made when they are written. Columns are counted in UTF-16 code units, and paths are relative to the folder the
//! run was started in unless they were given otherwise.

mod result;
mod rules;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::text::visible;
use super::{Options, Reporter, guard, press};
use crate::diagnostic::{Diagnostic, Fingerprint, Fingerprints, Run, Suppressed};
use result::{Artifact, Message, Outcome};

/// The name that services know the root of the repository by.
const ROOT: &str = "%SRCROOT%";

/// See the file's first line.
pub(super) struct Sarif {
    options: Options,
}

impl Sarif {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [RunLog; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunLog {
    tool: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxonomies: Vec<Value>,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    newline_sequences: [&'static str; 3],
    /// Comes last, and is written for itself.
    results: [(); 0],
}

/// How deep the results stand in the log.
const DEPTH: usize = 3;

/// What one result is made of.
struct Found<'r> {
    diagnostic: &'r Diagnostic,
    print: Fingerprint,
    suppressed: Option<&'r Suppressed>,
}

impl Sarif {
    /// Everything that becomes a result.
    fn found<'r>(&self, run: &'r Run) -> Vec<Found<'r>> {
        let Fingerprints { diagnostics, undecided, suppressed } = run.fingerprints();
        let open: &[Diagnostic] = if self.options.undecided { &run.undecided } else { &[] };
        let found = run.diagnostics.iter().zip(diagnostics).chain(open.iter().zip(undecided));
        let found = found.map(|(diagnostic, print)| Found { diagnostic, print, suppressed: None });
        let accepted = run.suppressed.iter().zip(suppressed);
        let accepted =
            accepted.map(|(accepted, print)| Found { diagnostic: &accepted.diagnostic, print, suppressed: Some(accepted) });
        found.chain(accepted).collect()
    }
}

impl Reporter for Sarif {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let taxonomies = rules::taxonomies(run);
        let log = Log {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [RunLog {
                tool: rules::tool(run, &taxonomies),
                taxonomies: taxonomies.iter().map(rules::Taxonomy::describe).collect(),
                invocations: [invocation(run)],
                original_uri_base_ids: json!({ ROOT: { "description": { "text": "The folder armlint was run in." } } }),
                column_kind: "utf16CodeUnits",
                newline_sequences: ["\r\n", "\n", "\r"],
                results: [],
            }],
        };
        let log = serde_json::to_string_pretty(&log)? + "\n";
        let (head, tail) = log.rsplit_once("[]").unwrap_or((&log, ""));
        // Where each rule stands in the list of the tool.
        let rules: BTreeMap<&str, usize> = run.rules.iter().enumerate().map(|(index, rule)| (&*rule.name, index)).collect();
        guard::escape(head, out)?;
        press::array(&self.found(run), DEPTH, out, |found| {
            let index = rules.get(&*found.diagnostic.rule).copied();
            let outcome = Outcome::new(found.diagnostic, found.print, index, &run.sources);
            if let Some(suppressed) = found.suppressed { outcome.suppressed(suppressed) } else { outcome }
        })?;
        guard::escape(tail, out)
    }
}

fn invocation(run: &Run) -> Value {
    let notifications = run.unreadable.iter().map(|unreadable| {
        json!({
            "level": "error",
            "message": Message::new(&format!("the file could not be checked: {}", visible(&unreadable.error))),
            "locations": [{ "physicalLocation": { "artifactLocation": Artifact::new(&unreadable.file) } }],
        })
    });
    json!({
        "executionSuccessful": run.unreadable.is_empty(),
        "toolExecutionNotifications": notifications.collect::<Value>(),
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::{Artifact, Message};
    use crate::report::Format;
    use crate::report::sample::{options, print, run};

    #[test]
    fn the_log_of_the_whole_run() {
        assert_snapshot!(print(Format::Sarif, &run(), options()), @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "armlint",
                  "version": "0.1.0",
                  "semanticVersion": "0.1.0",
                  "informationUri": "https://github.com/armlint/armlint",
                  "rules": [
                    {
                      "id": "api-management/stv1-api-version",
                      "name": "Stv1ApiVersion",
                      "shortDescription": {
                        "text": "API Management on a retired platform."
                      },
                      "fullDescription": {
                        "text": "Versions before `2021-01-01-preview` are hosted on stv1."
                      },
                      "help": {
                        "text": "Versions before `2021-01-01-preview` are hosted on stv1.",
                        "markdown": "Versions before `2021-01-01-preview` are hosted on stv1."
                      },
                      "helpUri": "https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-stv1-api-version",
                      "defaultConfiguration": {
                        "level": "error"
                      },
                      "properties": {
                        "tags": [
                          "platform",
                          "migration"
                        ],
                        "precision": "high",
                        "problem.severity": "error"
                      },
                      "relationships": [
                        {
                          "target": {
                            "id": "Azure.APIM.MinAPIVersion",
                            "index": 0,
                            "toolComponent": {
                              "name": "PSRule for Azure",
                              "index": 0
                            }
                          },
                          "kinds": [
                            "relevant"
                          ]
                        }
                      ]
                    },
                    {
                      "id": "my/name",
                      "name": "Name",
                      "shortDescription": {
                        "text": "API Management on a retired platform."
                      },
                      "fullDescription": {
                        "text": "Versions before `2021-01-01-preview` are hosted on stv1."
                      },
                      "help": {
                        "text": "Versions before `2021-01-01-preview` are hosted on stv1.",
                        "markdown": "Versions before `2021-01-01-preview` are hosted on stv1."
                      },
                      "helpUri": "https://github.com/armlint/armlint/blob/main/docs/rules.md#my-name",
                      "defaultConfiguration": {
                        "level": "note"
                      },
                      "properties": {
                        "tags": [
                          "platform",
                          "migration"
                        ],
                        "precision": "high",
                        "problem.severity": "recommendation"
                      },
                      "relationships": [
                        {
                          "target": {
                            "id": "Azure.APIM.MinAPIVersion",
                            "index": 0,
                            "toolComponent": {
                              "name": "PSRule for Azure",
                              "index": 0
                            }
                          },
                          "kinds": [
                            "relevant"
                          ]
                        }
                      ]
                    }
                  ],
                  "supportedTaxonomies": [
                    {
                      "name": "PSRule for Azure",
                      "index": 0
                    }
                  ]
                }
              },
              "taxonomies": [
                {
                  "name": "PSRule for Azure",
                  "informationUri": "https://azure.github.io/PSRule.Rules.Azure/",
                  "shortDescription": {
                    "text": "Rules of PSRule for Azure that armlint covers."
                  },
                  "taxa": [
                    {
                      "id": "Azure.APIM.MinAPIVersion"
                    }
                  ]
                }
              ],
              "invocations": [
                {
                  "executionSuccessful": false,
                  "toolExecutionNotifications": [
                    {
                      "level": "error",
                      "message": {
                        "text": "the file could not be checked: permission denied."
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "infra/secret.json",
                              "uriBaseId": "%SRCROOT%"
                            }
                          }
                        }
                      ]
                    }
                  ]
                }
              ],
              "originalUriBaseIds": {
                "%SRCROOT%": {
                  "description": {
                    "text": "The folder armlint was run in."
                  }
                }
              },
              "columnKind": "utf16CodeUnits",
              "newlineSequences": [
                "\r\n",
                "\n",
                "\r"
              ],
              "results": [
                {
                  "ruleId": "api-management/stv1-api-version",
                  "ruleIndex": 0,
                  "kind": "fail",
                  "level": "error",
                  "message": {
                    "text": "service `apim-contoso-dev` is deployed with API version 2019-12-01.\nhelp: write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 5,
                          "startColumn": 21,
                          "endLine": 5,
                          "endColumn": 33
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/apim-contoso-dev",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "4824f55f414d15c6d5646acda2f03bf2",
                    "primaryLocationLineHash": "4824f55f414d15c6d5646acda2f03bf2"
                  },
                  "fixes": [
                    {
                      "description": {
                        "text": "set `apiVersion` to \"2024-05-01\"."
                      },
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "infra/main.json",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "startLine": 5,
                                "startColumn": 21,
                                "endLine": 5,
                                "endColumn": 33
                              },
                              "insertedContent": {
                                "text": "\"2024-05-01\""
                              }
                            }
                          ]
                        }
                      ]
                    }
                  ],
                  "properties": {
                    "environments": {
                      "fails": [
                        "defaults"
                      ],
                      "passes": [],
                      "undecided": []
                    },
                    "instances": 1
                  }
                },
                {
                  "ruleId": "api-management/vnet-without-standard-public-ip",
                  "kind": "fail",
                  "level": "warning",
                  "message": {
                    "text": "service `apim-{env}` joins a virtual network (External) without a public IP address of its own.\nfails in prod.parameters.json; passes in defaults, dev.parameters.json.\ndeployed when `[parameters('deployApim')]`; in 3 instances.\nhelp: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 8,
                          "startColumn": 31,
                          "endLine": 8,
                          "endColumn": 60
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/apim-{env}",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/prod.parameters.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 3,
                          "startColumn": 29,
                          "endLine": 3,
                          "endColumn": 39
                        }
                      },
                      "message": {
                        "text": "set here."
                      },
                      "id": 0
                    },
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 6,
                          "startColumn": 15,
                          "endLine": 6,
                          "endColumn": 40
                        }
                      },
                      "message": {
                        "text": "this service."
                      },
                      "id": 1
                    }
                  ],
                  "codeFlows": [
                    {
                      "threadFlows": [
                        {
                          "locations": [
                            {
                              "location": {
                                "physicalLocation": {
                                  "artifactLocation": {
                                    "uri": "infra/main.json",
                                    "uriBaseId": "%SRCROOT%"
                                  },
                                  "region": {
                                    "startLine": 6,
                                    "startColumn": 15,
                                    "endLine": 6,
                                    "endColumn": 40
                                  }
                                },
                                "message": {
                                  "text": "this service."
                                }
                              }
                            },
                            {
                              "location": {
                                "physicalLocation": {
                                  "artifactLocation": {
                                    "uri": "infra/prod.parameters.json",
                                    "uriBaseId": "%SRCROOT%"
                                  },
                                  "region": {
                                    "startLine": 3,
                                    "startColumn": 29,
                                    "endLine": 3,
                                    "endColumn": 39
                                  }
                                },
                                "message": {
                                  "text": "set here."
                                }
                              }
                            },
                            {
                              "location": {
                                "physicalLocation": {
                                  "artifactLocation": {
                                    "uri": "infra/main.json",
                                    "uriBaseId": "%SRCROOT%"
                                  },
                                  "region": {
                                    "startLine": 8,
                                    "startColumn": 31,
                                    "endLine": 8,
                                    "endColumn": 60
                                  }
                                },
                                "message": {
                                  "text": "External."
                                }
                              }
                            }
                          ]
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "a4fa371b8e29ca1909e116e3c7a34588",
                    "primaryLocationLineHash": "a4fa371b8e29ca1909e116e3c7a34588"
                  },
                  "properties": {
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
                    "instances": 3,
                    "condition": "[parameters('deployApim')]"
                  }
                },
                {
                  "ruleId": "api-management/non-standard-public-ip",
                  "kind": "fail",
                  "level": "note",
                  "message": {
                    "text": "`中文-é-👍` is not Standard."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/wide%2C%20%E4%B8%AD%E6%96%87%20100%25.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 2,
                          "startColumn": 39,
                          "endLine": 2,
                          "endColumn": 46
                        }
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/wide%2C%20%E4%B8%AD%E6%96%87%20100%25.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 2,
                          "startColumn": 11,
                          "endLine": 2,
                          "endColumn": 20
                        }
                      },
                      "message": {
                        "text": "here."
                      },
                      "id": 0
                    }
                  ],
                  "codeFlows": [
                    {
                      "threadFlows": [
                        {
                          "locations": [
                            {
                              "location": {
                                "physicalLocation": {
                                  "artifactLocation": {
                                    "uri": "infra/wide%2C%20%E4%B8%AD%E6%96%87%20100%25.json",
                                    "uriBaseId": "%SRCROOT%"
                                  },
                                  "region": {
                                    "startLine": 2,
                                    "startColumn": 11,
                                    "endLine": 2,
                                    "endColumn": 20
                                  }
                                },
                                "message": {
                                  "text": "here."
                                }
                              }
                            },
                            {
                              "location": {
                                "physicalLocation": {
                                  "artifactLocation": {
                                    "uri": "infra/wide%2C%20%E4%B8%AD%E6%96%87%20100%25.json",
                                    "uriBaseId": "%SRCROOT%"
                                  },
                                  "region": {
                                    "startLine": 2,
                                    "startColumn": 39,
                                    "endLine": 2,
                                    "endColumn": 46
                                  }
                                },
                                "message": {
                                  "text": "Basic here."
                                }
                              }
                            }
                          ]
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "ae4e072398e4857ae9055bb469aca717",
                    "primaryLocationLineHash": "ae4e072398e4857ae9055bb469aca717"
                  },
                  "properties": {
                    "environments": {
                      "fails": [
                        "defaults"
                      ],
                      "passes": [],
                      "undecided": []
                    },
                    "instances": 1
                  }
                },
                {
                  "ruleId": "my/name",
                  "ruleIndex": 1,
                  "kind": "fail",
                  "level": "error",
                  "message": {
                    "text": "bad name `<U+001B>\\[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A##vso\\[task.complete result=Succeeded;\\]ok<U+202E>|`</table><script>alert('1')</script>&amp; \\]\\]> **b** \\[l\\](http://x) !\\[i\\](x) @all #1`.\nhelp: rename <U+001B>\\[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A##vso\\[task.complete result=Succeeded;\\]ok<U+202E>|`</table><script>alert('1')</script>&amp; \\]\\]> **b** \\[l\\](http://x) !\\[i\\](x) @all #1."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/%1B%5B31m%C2%9B2J%0D%0A%3A%3Aerror%20file%3Dx%2Ctitle%3Dy%3A%3Apwned%250A%23%23vso%5Btask.complete%20result%3DSucceeded%3B%5Dok%E2%80%AE%7C%60%3C/table%3E%3Cscript%3Ealert%28%271%27%29%3C/script%3E%26amp%3B%20%5D%5D%3E%20%2A%2Ab%2A%2A%20%5Bl%5D%28http%3A//x%29%20%21%5Bi%5D%28x%29%20%40all%20%231.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 2,
                          "startColumn": 11,
                          "endLine": 3,
                          "endColumn": 157
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "eeccb13de038a3cbaeaf747d9955348e",
                    "primaryLocationLineHash": "eeccb13de038a3cbaeaf747d9955348e"
                  },
                  "properties": {
                    "environments": {
                      "fails": [
                        "defaults"
                      ],
                      "passes": [],
                      "undecided": []
                    },
                    "instances": 1
                  }
                },
                {
                  "ruleId": "api-management/vnet-without-standard-public-ip",
                  "kind": "open",
                  "level": "none",
                  "message": {
                    "text": "cannot tell whether service `apim` needs a public IP address.\nbecause `networkType` has no default and no parameter file gives it.\ndeployed when `[parameters('deployApim')]`; in 3 instances.\nhelp: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 8,
                          "startColumn": 31,
                          "endLine": 8,
                          "endColumn": 60
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/apim-{env}",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "b7f556b4e994b367c1270ab6619c2869",
                    "primaryLocationLineHash": "b7f556b4e994b367c1270ab6619c2869"
                  },
                  "properties": {
                    "environments": {
                      "fails": [],
                      "passes": [],
                      "undecided": [
                        "defaults"
                      ]
                    },
                    "instances": 3,
                    "condition": "[parameters('deployApim')]"
                  }
                },
                {
                  "ruleId": "api-management/zones-without-premium",
                  "kind": "fail",
                  "level": "error",
                  "message": {
                    "text": "service `apim-contoso-dev` is deployed with API version 2019-12-01.\nhelp: write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 5,
                          "startColumn": 21,
                          "endLine": 5,
                          "endColumn": 33
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/apim-contoso-dev",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "50d386f0fc48af3b4fc40cd01e01001a",
                    "primaryLocationLineHash": "50d386f0fc48af3b4fc40cd01e01001a"
                  },
                  "properties": {
                    "environments": {
                      "fails": [
                        "defaults"
                      ],
                      "passes": [],
                      "undecided": []
                    },
                    "instances": 1
                  },
                  "suppressions": [
                    {
                      "kind": "inSource",
                      "status": "accepted",
                      "justification": "goes away in May"
                    }
                  ]
                },
                {
                  "ruleId": "api-management/zones-without-premium",
                  "kind": "fail",
                  "level": "error",
                  "message": {
                    "text": "service `apim-contoso-dev` is deployed with API version 2019-12-01.\nhelp: write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024."
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "infra/main.json",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 9,
                          "startColumn": 29,
                          "endLine": 9,
                          "endColumn": 31
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Microsoft.ApiManagement/service/apim-contoso-dev",
                          "kind": "resource"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "armlint/v1": "c7cd6e03bbfc38857e36bb7cf0cbb8bb",
                    "primaryLocationLineHash": "c7cd6e03bbfc38857e36bb7cf0cbb8bb"
                  },
                  "properties": {
                    "environments": {
                      "fails": [
                        "defaults"
                      ],
                      "passes": [],
                      "undecided": []
                    },
                    "instances": 1
                  },
                  "suppressions": [
                    {
                      "kind": "external",
                      "status": "accepted"
                    }
                  ]
                }
              ]
            }
          ]
        }
        "#);
    }

    #[test]
    fn paths_become_uris() {
        let uris = ["a b/ü.json", "./c:d.json", "/abs/x.json", "C:/x.json", "../up.json"]
            .map(|path| json!(Artifact::new(path)).to_string());
        assert_snapshot!(uris.join("\n"), @r#"
        {"uri":"a%20b/%C3%BC.json","uriBaseId":"%SRCROOT%"}
        {"uri":"c%3Ad.json","uriBaseId":"%SRCROOT%"}
        {"uri":"file:///abs/x.json"}
        {"uri":"file:///C:/x.json"}
        {"uri":"../up.json"}
        "#);
    }

    #[test]
    fn a_message_holds_no_link_and_no_placeholder() {
        let text = |text: &str| json!(Message::new(text))["text"].clone();
        assert_eq!(text("see [this](http://x)"), "see \\[this\\](http://x).");
        assert_eq!(text("a {0} b"), "a {{0}} b.");
        assert_eq!(text("`apim-{env}` has `[parameters('x')]`"), "`apim-{env}` has `[parameters('x')]`.");
    }
}
