// SPDX-License-Identifier: Apache-2.0
#include "rest/kuma_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "rest/json_writer.h"
#include "skyden/base/http_status.h"
#include "skyden/base/retry_after.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {

http::Response KumaJson(int status, std::string_view compact) {
  return {.status = status, .content_type = "application/json", .body = Indent(compact)};
}

http::Response KumaText(std::string text) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(text)};
}

http::Response KumaError(const KumaProblem& problem) {
  JsonWriter json;
  json.BeginObject()
      .Field("type", "/std-errors")
      .Field("status", problem.status)
      .Field("title", problem.title)
      .Field("detail", problem.detail)
      .OptionalField("instance", problem.instance);
  if (!problem.violations.empty()) {
    json.Key("invalid_parameters").BeginArray();
    for (const auto& [field, reason] : problem.violations) {
      json.BeginObject().Field("field", field).Field("reason", reason).EndObject();
    }
    json.EndArray();
  }
  // The two below mirror the above; older clients read them.
  json.Field("details", problem.detail);
  if (!problem.violations.empty()) {
    json.Key("causes").BeginArray();
    for (const auto& [field, reason] : problem.violations) {
      json.BeginObject().Field("field", field).Field("message", reason).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return KumaJson(problem.status, json.Take());
}

http::Response KumaError(const absl::Status& error, std::string_view title,
                         std::string_view request_id) {
  KumaProblem problem;
  problem.status = base::HttpStatusOf(error);
  problem.title = base::TitleOf(error);
  if (problem.title.empty()) problem.title = title;
  problem.detail = std::string(error.message());
  problem.violations = base::ViolationsOf(error);
  switch (error.code()) {
    case absl::StatusCode::kNotFound:
      if (base::TitleOf(error).empty()) problem.detail = "Not found";
      break;
    case absl::StatusCode::kUnauthenticated:
      problem.title = "Invalid authentication data";
      problem.detail = "Unauthenticated";
      break;
    case absl::StatusCode::kPermissionDenied:
      problem.title = "Access Denied";
      break;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      problem.title = "Conflict";
      break;
    default:
      break;
  }
  if (problem.status == 500) {
    telemetry::Log(telemetry::Level::error, "request failed",
                   {{"request_id", std::string(request_id)}, {"cause", error.ToString()}});
    problem.detail = "Internal Server Error";
    problem.instance = request_id;
  }
  http::Response response = KumaError(problem);
  if (const auto wait = base::RetryAfterOf(error)) {
    response.headers.push_back({"Retry-After", std::to_string(absl::ToInt64Seconds(*wait))});
  }
  return response;
}

http::Response KumaBadRequest(std::string detail) {
  return KumaError({.status = 400, .title = "Bad Request", .detail = std::move(detail)});
}

http::Response KumaNotFound(std::string title) {
  return KumaError({.status = 404, .title = std::move(title), .detail = "Not found"});
}

http::Response KumaInvalid(std::string title, std::string detail,
                           std::vector<base::FieldViolation> violations) {
  return KumaError({.status = 400,
                    .title = std::move(title),
                    .detail = std::move(detail),
                    .violations = std::move(violations)});
}

bool IsKumaFormat(std::string_view format) {
  return format.empty() || format == "universal" || format == "k8s" || format == "kubernetes";
}

http::Response KumaUnknownFormat(std::string_view title) {
  return KumaInvalid(std::string(title), "Resource is not valid",
                     {{"", "\"format\" must be one of [\"k8s\", \"kubernetes\", \"universal\"]"}});
}

http::Response AsProblem(http::Response response, std::string_view request_id) {
  if (response.status < 400 || response.content_type != "application/json") return response;
  using Json = nlohmann::ordered_json;
  Json problem = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!problem.is_object()) return response;
  if (!problem.contains("instance")) {
    problem["instance"] = fmt::format("urn:skyden:request:{}", request_id);
  }
  response.content_type = "application/problem+json";
  response.body = Indent(problem.dump());
  return response;
}

http::Response FrameworkError(int status, std::string_view allow) {
  http::Response response{.status = status, .content_type = "text/plain; charset=utf-8"};
  switch (status) {
    case 404:
      response.body = "404: Page Not Found";
      break;
    case 405:
      response.body = "405: Method Not Allowed";
      response.headers.push_back({"Allow", std::string(allow)});
      break;
    case 406:
      response.body = "406: Not Acceptable\n\nAvailable representations: application/json";
      break;
    case 415:
      response.body = "415: Unsupported Media Type";
      break;
    default:
      response.status = 400;
      response.body = "400: Bad Request";
  }
  return response;
}

}  // namespace skyden::rest
