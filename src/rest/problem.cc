// SPDX-License-Identifier: Apache-2.0
#include "rest/problem.h"

#include <fmt/format.h>

#include "rest/json_writer.h"
#include "skyden/base/http_status.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

struct Kind {
  std::string_view slug;
  std::string_view title;
};

Kind KindOf(int status) {
  switch (status) {
    case 400:
      return {"bad-request", "Bad Request"};
    case 401:
      return {"unauthenticated", "Unauthenticated"};
    case 403:
      return {"unauthorized", "Forbidden"};
    case 404:
      return {"not-found", "Not Found"};
    case 405:
      return {"method-not-allowed", "Method Not Allowed"};
    case 408:
      return {"timeout", "Request Timeout"};
    case 409:
      return {"conflict", "Conflict"};
    case 410:
      return {"gone", "Gone"};
    case 413:
      return {"content-too-large", "Content Too Large"};
    case 415:
      return {"unsupported-media-type", "Unsupported Media Type"};
    case 429:
      return {"too-many-requests", "Too Many Requests"};
    case 431:
      return {"headers-too-large", "Request Header Fields Too Large"};
    case 503:
      return {"unavailable", "Service Unavailable"};
    case 504:
      return {"timeout", "Gateway Timeout"};
    case 505:
      return {"http-version", "HTTP Version Not Supported"};
    case 507:
      return {"insufficient-storage", "Insufficient Storage"};
    default:
      return {"internal", "Internal Server Error"};
  }
}

void WriteInvalid(const std::vector<InvalidParameter>& invalid, JsonWriter& json) {
  json.Key("invalid_parameters").BeginArray();
  for (const InvalidParameter& parameter : invalid) {
    json.BeginObject()
        .Field("field", parameter.field)
        .Field("rule", parameter.rule)
        .Field("reason", parameter.reason)
        .Field("source", parameter.source)
        .EndObject();
  }
  json.EndArray();
}

// Where a field that a service found fault with stands in a request.
std::string_view SourceOf(std::string_view field) {
  if (field == "cpID") return "path";
  const bool query = field.starts_with("page[") || field.starts_with("filter");
  return query ? "query" : "body";
}

}  // namespace

http::Response ManagerJson(int status, std::string_view compact) {
  return {.status = status, .content_type = "application/json", .body = Indent(compact)};
}

http::Response Problem(int status, std::string_view detail, std::string_view request_id,
                       const std::vector<InvalidParameter>& invalid) {
  const Kind kind = KindOf(status);
  JsonWriter json;
  json.BeginObject()
      .Field("status", status)
      .Field("title", kind.title)
      .Field("type", fmt::format("urn:skyden:problem:{}", kind.slug))
      .Field("detail", detail);
  // On each of them: clients of such an API do not take an error without it for one.
  json.Field("instance", fmt::format("urn:skyden:request:{}", request_id));
  if (!invalid.empty()) {
    WriteInvalid(invalid, json);
  } else if (status == 400) {
    // Nor a 400 that blames nothing.
    WriteInvalid({{"", "invalid", std::string(detail), ""}}, json);
  }
  json.EndObject();
  http::Response response = ManagerJson(status, json.Take());
  response.content_type = "application/problem+json";
  return response;
}

http::Response Problem(const absl::Status& error, std::string_view request_id) {
  const int status = base::HttpStatusOf(error);
  switch (status) {
    case 401:
      return Problem(401, "A valid token is required", request_id);
    case 403:
      return Problem(403, "Permission denied", request_id);
    case 404:
      // One text for what is not there and for what is somebody else's.
      return Problem(404, "Not found", request_id);
    case 500:
      telemetry::Log(telemetry::Level::error, "request failed",
                     {{"request_id", std::string(request_id)}, {"cause", error.ToString()}});
      return Problem(500, fmt::format("internal error (request {})", request_id), request_id);
    default:
      break;
  }
  std::vector<InvalidParameter> invalid;
  for (const auto& [field, reason] : base::ViolationsOf(error)) {
    invalid.push_back({field, "invalid", reason, std::string(SourceOf(field))});
  }
  http::Response response = Problem(status, std::string(error.message()), request_id, invalid);
  if (const auto wait = base::RetryAfterOf(error)) {
    response.headers.push_back({"Retry-After", std::to_string(absl::ToInt64Seconds(*wait))});
  }
  return response;
}

http::Response WrongMethod(std::string_view allow, std::string_view request_id) {
  http::Response response = Problem(405, "Method not allowed", request_id);
  response.headers.push_back({"Allow", std::string(allow)});
  return response;
}

}  // namespace skyden::rest
