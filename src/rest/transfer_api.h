// SPDX-License-Identifier: Apache-2.0
// /ops/import and /ops/export of a control plane.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "rest/call.h"
#include "rest/foreign_import.h"
#include "rest/json_writer.h"
#include "skyden/resources/transfer.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Both run on a worker, with call->scope set. `deps` must outlive the call.

// The body is YAML or JSON, gzip or not; ?dry_run=true only says what would be done; ?from=v2 turns
// documents of Kuma 2 as an upgrade would.
void ImportControlPlane(const Deps& deps, CallPtr call);
// ?profile=all|no-dataplanes|federation|federation-with-policies, ?secrets=true|false,
// ?format=yaml|json.
void ExportControlPlane(const Deps& deps, CallPtr call);

// What became of one resource, as an object; without a number when its document has none.
void WriteImportLine(const Deps& deps, const resources::ImportLine& line, JsonWriter& json);
// What became of all, from the store's writer on. `turned`: the documents, where they were of
// another version of Kuma.
void FinishImport(const Deps& deps, bool dry_run, CallPtr call,
                  absl::StatusOr<resources::ImportAnswer> answer,
                  std::optional<TurnedDocuments> turned = std::nullopt);
// What the query says of documents that are what people want (?desired=true and what goes with it);
// the response when it says it wrong.
std::optional<http::Response> ReadDesired(const Call& call,
                                          std::optional<resources::DesiredState>& desired);
// A switch of the query; nullopt when it is neither on nor off.
std::optional<bool> SwitchOf(const Call& call, std::string_view name, bool by_default);

}  // namespace skyden::rest
