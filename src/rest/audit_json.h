// SPDX-License-Identifier: Apache-2.0
// The audit as REST shows it: queries in, pages out.
//
//   page[size] (1 to 1000), page[after] / page[before]: a sequence number to go on from; `after`
//   goes from the oldest to the newest, `before` and neither from the newest to the oldest.
//   filter[at][gte|lte] (RFC 3339; also as ts), filter[action|actor|object_type|object|request_id],
//   filter[type]=authentication|authorization, and organization-wide filter[control_plane_id].
//   format=jsonl: one entry a line, with its hash.
#pragma once

#include "rest/control_plane_json.h"
#include "skyden/audit/audit_service.h"
#include "skyden/http/handler.h"
#include "skyden/http/uri.h"
#include "skyden/store/audit.h"

namespace skyden::rest {

struct AuditRequest {
  store::AuditQuery query;
  enum class Format { kJson, kLines } format = Format::kJson;
};

Decoded<AuditRequest> DecodeAuditQuery(const http::Query& query);
// {"meta":{"page":{"size":n,"next":17|null}},"data":[...]}; as lines, `x-skyden-next` says where to
// go on.
http::Response AuditAnswer(const AuditRequest& request, const store::AuditPage& page);
// `keep`: what to expect of the chain later (audit/expectation.h).
std::string VerificationJson(const audit::Verification& found, std::string_view keep);

}  // namespace skyden::rest
