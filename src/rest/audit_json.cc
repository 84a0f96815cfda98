// SPDX-License-Identifier: Apache-2.0
#include "rest/audit_json.h"

#include <fmt/format.h>

#include <charconv>

#include "rest/json_writer.h"
#include "rest/problem.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

constexpr uint64_t kSequenceMax = INT64_MAX;

std::optional<uint64_t> ReadUpTo(std::string_view text, uint64_t max) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > max) return std::nullopt;
  return number;
}

// The reason why a parameter is refused; empty when it is not, or means nothing here.
class AuditReader {
 public:
  explicit AuditReader(AuditRequest& request) : request_(request), query_(request.query) {}

  std::string Read(std::string_view key, const std::string& value) {
    if (key == "page[size]") return ReadSize(value);
    if (key == "page[after]") return ReadBeyond(value, store::AuditQuery::Order::kOldestFirst);
    if (key == "page[before]") return ReadBeyond(value, store::AuditQuery::Order::kNewestFirst);
    if (key == "format") return ReadFormat(value);
    if (key == "filter[at][gte]" || key == "filter[ts][gte]") return ReadTime(value, query_.from);
    if (key == "filter[at][lte]" || key == "filter[ts][lte]") return ReadTime(value, query_.to);
    if (key == "filter[type]" || key == "filter[type][eq]") return ReadType(value);
    if (!key.starts_with("filter[")) return "";
    std::string* const text = Field(key.substr(7, key.size() - 8));
    if (key.back() == ']' && text != nullptr) {
      *text = value;
      return "";
    }
    if (key == "filter[control_plane_id]") {
      auto id = model::ParseControlPlaneId(value);
      if (!id.ok()) return "must be a UUID";
      query_.control_plane = *std::move(id);
      return "";
    }
    return "is not a filter of the audit, which can be filtered by action, actor, object_type, "
           "object, request_id, control_plane_id, type, and at (or ts) with [gte] and [lte]";
  }

 private:
  std::string* Field(std::string_view name) {
    if (name == "action") return &query_.action;
    if (name == "actor") return &query_.actor;
    if (name == "object_type") return &query_.object_type;
    if (name == "object") return &query_.object_name;
    if (name == "request_id") return &query_.request_id;
    return nullptr;
  }

  std::string ReadSize(std::string_view value) {
    const auto size = ReadUpTo(value, uint64_t{base::limits::kPageSizeMax});
    if (!size || *size == 0) {
      return fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax);
    }
    query_.limit = *size;
    return "";
  }

  std::string ReadBeyond(std::string_view value, store::AuditQuery::Order order) {
    const auto number = ReadUpTo(value, kSequenceMax);
    if (!number) return "must be the number of an entry";
    if (query_.beyond.has_value()) return "only one of page[after] and page[before]";
    query_.beyond = *number;
    query_.order = order;
    return "";
  }

  std::string ReadTime(std::string_view value, std::optional<absl::Time>& time) {
    const auto parsed = base::ParseRfc3339(value);
    if (!parsed.ok()) return "must be a time as in RFC 3339";
    time = *parsed;
    return "";
  }

  // What happened, in two kinds.
  std::string ReadType(std::string_view value) {
    using About = store::AuditQuery::About;
    if (value != "authentication" && value != "authorization") {
      return "must be authentication (who was refused), or authorization (what was done)";
    }
    query_.about = value == "authentication" ? About::kSignIns : About::kChanges;
    return "";
  }

  std::string ReadFormat(std::string_view value) {
    if (value != "json" && value != "jsonl") return "must be json or jsonl";
    request_.format = value == "jsonl" ? AuditRequest::Format::kLines : AuditRequest::Format::kJson;
    return "";
  }

  AuditRequest& request_;
  store::AuditQuery& query_;
};

}  // namespace

Decoded<AuditRequest> DecodeAuditQuery(const http::Query& query) {
  Decoded<AuditRequest> decoded;
  AuditRequest request;
  AuditReader reader(request);
  for (const auto& [key, value] : query.pairs()) {
    std::string reason = reader.Read(key, value);
    if (reason.empty()) continue;
    decoded.invalid.push_back(
        {key.substr(0, base::limits::kEchoBytes), "invalid", std::move(reason), "query"});
  }
  if (decoded.invalid.empty()) {
    decoded.value = std::move(request);
  } else {
    decoded.detail = fmt::format("Bad Request: {} [invalid]: {}", decoded.invalid[0].field,
                                 decoded.invalid[0].reason);
  }
  return decoded;
}

http::Response AuditAnswer(const AuditRequest& request, const store::AuditPage& page) {
  if (request.format == AuditRequest::Format::kLines) {
    http::Response response{.status = 200, .content_type = "application/x-ndjson"};
    for (const store::AuditEntry& entry : page.entries) {
      response.body += store::AuditLine(entry);
      response.body += '\n';
    }
    if (page.next) response.headers.push_back({"X-Skyden-Next", std::to_string(*page.next)});
    return response;
  }
  JsonWriter json;
  json.BeginObject().Key("meta").BeginObject().Key("page").BeginObject();
  json.Field("size", request.query.limit).Key("next");
  if (page.next) {
    json.Number(*page.next);
  } else {
    json.Null();
  }
  json.EndObject().EndObject().Key("data").BeginArray();
  for (const store::AuditEntry& entry : page.entries) json.Raw(store::AuditLine(entry));
  json.EndArray().EndObject();
  return ManagerJson(200, json.Take());
}

std::string VerificationJson(const audit::Verification& found, std::string_view keep) {
  JsonWriter json;
  json.BeginObject()
      .Field("intact", found.intact())
      .Field("entries", found.entries)
      .Field("first", found.first)
      .Field("last", found.last);
  if (!keep.empty()) json.Field("expect", keep);
  if (!found.intact()) {
    json.Field("problem", found.problem).Field("at_sequence", found.at_sequence);
  }
  json.EndObject();
  return json.Take();
}

}  // namespace skyden::rest
