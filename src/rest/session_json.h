// SPDX-License-Identifier: Apache-2.0
// Sessions as the API reads and writes them.
#pragma once

#include <string>
#include <string_view>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/identity/session_service.h"

namespace skyden::rest {

// The token of {"token": "..."}.
Decoded<std::string> DecodeSignIn(std::string_view body);

// `proof`: SessionProof, for the session's own page; empty for everybody else.
void WriteSession(const identity::Session& session, const store::OrganizationRecord& organization,
                  std::string_view proof, JsonWriter& json);

}  // namespace skyden::rest
