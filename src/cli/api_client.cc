// SPDX-License-Identifier: Apache-2.0
#include "cli/api_client.h"

#include <httplib.h>

#include <utility>

#include "absl/time/clock.h"
#include "cli/contexts.h"
#include "cli/destination.h"
#include "cli/environment.h"
#include "cli/members.h"
#include "cli/output.h"
#include "cli/provider_login.h"
#include "fmt/format.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr absl::Duration kRenewBefore = absl::Seconds(30);
constexpr time_t kConnectSeconds = 10;
constexpr time_t kAnswerSeconds = 60;
constexpr time_t kSilentSeconds = 60;  // some four heartbeats
constexpr size_t kRefusalBytes = 1u << 20;
constexpr size_t kFieldsOnOneLine = 3;
constexpr int kPage = 100;
constexpr char kControlPlanes[] = "/v1/mesh/control-planes";

// What a problem document says, in one line: the detail, then each field that is at fault.
std::string Explain(const Json& problem) {
  if (!problem.is_object()) return problem.is_string() ? problem.get<std::string>() : "";
  std::string text = TextMember(problem, "detail");
  if (text.empty()) text = TextMember(problem, "title");
  const auto fields = problem.find("invalid_parameters");
  if (fields == problem.end() || !fields->is_array()) return text;
  const std::string_view separator = fields->size() > kFieldsOnOneLine ? "\n  " : "; ";
  for (const Json& field : *fields) {
    if (!field.is_object()) continue;
    const std::string line =
        fmt::format("{}: {}", TextMember(field, "field"), TextMember(field, "reason"));
    if (text.find(TextMember(field, "reason")) == std::string::npos)
      text.append(separator).append(line);
  }
  return text;
}

absl::Status Unreachable(const std::string& address, httplib::Error error) {
  return absl::UnavailableError(fmt::format(
      "cannot reach {} ({}). Is the daemon running? \"skyden serve\" starts one; --address or "
      "SKYDEN_ADDRESS names another.",
      address, httplib::to_string(error)));
}

// Null when there was no answer, a string when it was not JSON.
Json ParseAnswer(const std::string& body) {
  Json answer = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (answer.is_discarded()) answer = body.empty() ? Json() : Json(body);
  return answer;
}

absl::Status Failure(int status, const Json& answer) {
  const std::string why = Explain(answer);
  switch (status) {
    case 401:
      return absl::UnauthenticatedError(
          fmt::format("the daemon does not accept this token ({}). Set SKYDEN_TOKEN, or point "
                      "--data-dir to the daemon's own folder.",
                      why));
    case 403:
      return absl::PermissionDeniedError(fmt::format("this token may not do that: {}", why));
    case 404:
      return absl::NotFoundError(why.empty() ? "not found" : why);
    case 409:
      return absl::AlreadyExistsError(why);
    default:
      return status < 500
                 ? absl::InvalidArgumentError(why)
                 : absl::InternalError(fmt::format("the daemon failed ({}): {}", status, why));
  }
}

struct Daemon {
  const std::string& address;
  const std::string& token;
  const std::string& ca_file;
};

httplib::Client Connect(const Daemon& daemon, time_t silent_seconds) {
  httplib::Client client(daemon.address);
  client.set_connection_timeout(kConnectSeconds);
  client.set_read_timeout(silent_seconds);
  client.set_write_timeout(kAnswerSeconds);
  if (!daemon.ca_file.empty()) client.set_ca_cert_path(daemon.ca_file.c_str());
  return client;
}

// What every request carries.
httplib::Headers HeadersOf(const Daemon& daemon) {
  httplib::Headers headers;
  if (!daemon.token.empty()) headers.emplace("authorization", "Bearer " + daemon.token);
  // Whoever runs us as a step of a trace finds the call in it.
  if (const std::string trace = EnvironmentOf("TRACEPARENT"); !trace.empty()) {
    headers.emplace("traceparent", trace);
  }
  return headers;
}

// An answer of 400 and above is an error that says what it means.
absl::StatusOr<httplib::Response> Exchange(const Daemon& daemon, httplib::Request request) {
  httplib::Client client = Connect(daemon, kAnswerSeconds);
  request.headers.merge(HeadersOf(daemon));
  httplib::Result result = client.send(request);
  if (!result) return Unreachable(daemon.address, result.error());
  if (result->status >= 400) return Failure(result->status, ParseAnswer(result->body));
  return *std::move(result);
}

// An answer that goes on, piece by piece.
absl::Status Take(const Daemon& daemon, httplib::Request request,
                  const std::function<bool(std::string_view)>& on_piece) {
  httplib::Client client = Connect(daemon, kSilentSeconds);
  request.headers.merge(HeadersOf(daemon));
  int status = 0;
  std::string refusal;
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return true;
  };
  request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    if (status < 400) return on_piece({data, size});
    refusal.append(data, size);
    return refusal.size() < kRefusalBytes;
  };
  const httplib::Result result = client.send(request);
  if (status >= 400) return Failure(status, ParseAnswer(refusal));
  return result ? absl::OkStatus() : Unreachable(daemon.address, result.error());
}

// The context, with its token renewed where it ended and can be.
absl::StatusOr<SavedContext> KeepGood(const std::string& path, Contexts contexts,
                                      const std::string& name) {
  SavedContext context = *contexts.Find(name);
  const bool over = context.token_ends && *context.token_ends - kRenewBefore <= absl::Now();
  if (!over) return context;
  const auto token =
      context.renewal ? Renew(*context.renewal) : absl::UnauthenticatedError("it ended");
  if (!token.ok()) {
    if (!absl::IsUnauthenticated(token.status())) return token.status();
    return absl::UnauthenticatedError(
        fmt::format("nobody is signed in to {} any more ({}): skyden login {}", name,
                    std::string(token.status().message()), context.address));
  }
  context.token = token->token;
  context.token_ends = token->ends;
  context.renewal = token->renewal;
  contexts.Put(context);
  SKYDEN_RETURN_IF_ERROR(SaveContexts(path, contexts));
  return context;
}

}  // namespace

std::string EncodeUrl(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

std::string ApiClient::PathOf(const std::string& control_plane_id) {
  return fmt::format("{}/{}", kControlPlanes, EncodeUrl(control_plane_id));
}

absl::StatusOr<ApiClient> ApiClient::Open(ClientOptions options) {
  if (options.ca_file.empty()) options.ca_file = EnvironmentOf("SKYDEN_CA_FILE");
  Directions directions{.address = std::move(options.address),
                        .data_dir = std::move(options.data_dir),
                        .address_variable = EnvironmentOf("SKYDEN_ADDRESS"),
                        .token_variable = EnvironmentOf("SKYDEN_TOKEN"),
                        .context = std::move(options.context),
                        .system_dir = "/var/lib/skyden"};
  // Whoever says by other means who they are is not held up by what is kept.
  const auto path = ContextsPath();
  const bool may_be_kept = directions.token_variable.empty() && directions.data_dir.empty();
  if (path.ok() && (may_be_kept || !directions.context.empty())) {
    SKYDEN_ASSIGN_OR_RETURN(directions.contexts, LoadContexts(*path));
  }
  SKYDEN_ASSIGN_OR_RETURN(Destination destination, FindDestination(directions));
  if (!destination.context.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext context,
                            KeepGood(*path, std::move(directions.contexts), destination.context));
    destination.token = context.token;
    if (options.ca_file.empty()) options.ca_file = context.ca_file;
  }
  return ApiClient(std::move(destination.address), std::move(destination.token),
                   std::move(options.ca_file));
}

absl::StatusOr<std::string> ApiClient::Send(const std::string& method, const std::string& path,
                                            const std::string& content_type,
                                            const std::string& body) const {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = {{"accept", "*/*"}};
  if (!content_type.empty()) {
    request.headers.emplace("content-type", content_type);
    request.body = body;
  }
  SKYDEN_ASSIGN_OR_RETURN(httplib::Response response,
                          Exchange({address_, token_, ca_file_}, std::move(request)));
  return std::move(response.body);
}

absl::StatusOr<Json> ApiClient::Call(const std::string& method, const std::string& path,
                                     const Json& body) const {
  const bool empty = body.is_null();
  SKYDEN_ASSIGN_OR_RETURN(
      const std::string answer,
      Send(method, path, empty ? "" : "application/json",
           empty ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return ParseAnswer(answer);
}

absl::StatusOr<std::string> ApiClient::Fetch(const std::string& path,
                                             const std::string& header_name,
                                             std::string& header) const {
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  SKYDEN_ASSIGN_OR_RETURN(httplib::Response response,
                          Exchange({address_, token_, ca_file_}, std::move(request)));
  header = response.get_header_value(header_name.c_str());
  return std::move(response.body);
}

absl::Status ApiClient::Listen(const std::string& path, const std::string& last_event_id,
                               const std::function<bool(std::string_view)>& on_text) const {
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  request.headers = {{"accept", "text/event-stream, application/json"}};
  if (!last_event_id.empty()) request.headers.emplace("last-event-id", last_event_id);
  return Take({address_, token_, ca_file_}, std::move(request), on_text);
}

absl::Status ApiClient::Receive(const std::string& method, const std::string& path,
                                const std::function<bool(std::string_view)>& on_piece) const {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = {{"accept", "*/*"}};
  return Take({address_, token_, ca_file_}, std::move(request), on_piece);
}

absl::StatusOr<Json> ApiClient::ListAll(const std::string& path) const {
  Json all = Json::array();
  const char join = path.find('?') == std::string::npos ? '?' : '&';
  for (int page = 1;; ++page) {
    SKYDEN_ASSIGN_OR_RETURN(const Json answer,
                            Call("GET", fmt::format("{}{}page%5Bsize%5D={}&page%5Bnumber%5D={}",
                                                    path, join, kPage, page)));
    const auto data = answer.is_object() ? answer.find("data") : answer.end();
    if (data == answer.end() || !data->is_array()) {
      return absl::InternalError(fmt::format("{} is not a Skyden daemon", address_));
    }
    for (const Json& item : *data) all.push_back(item);
    if (data->size() < kPage) return all;
  }
}

absl::StatusOr<Json> ApiClient::ListControlPlanes(const std::string& name) const {
  const std::string filter = name.empty() ? "" : "?filter%5Bname%5D%5Beq%5D=" + EncodeUrl(name);
  return ListAll(kControlPlanes + filter);
}

absl::StatusOr<std::string> TimeAfter(std::string_view flag, const std::string& duration) {
  const auto parsed = base::ParseGoDuration(duration);
  if (!parsed.ok()) {
    return UsageError(
        fmt::format("{} {}: write it as a duration such as 48h or 30m", flag, duration));
  }
  return base::FormatRfc3339(absl::Now() + *parsed);
}

absl::StatusOr<std::string> ApiClient::FindControlPlane(const std::string& id_or_name) const {
  // A list filtered by nothing would name whichever there is.
  if (id_or_name.empty()) return UsageError("the control plane's name is empty");
  constexpr size_t kUuidLength = 36;
  if (id_or_name.size() == kUuidLength) {
    const auto found = Call("GET", PathOf(id_or_name));
    if (found.ok()) return id_or_name;
    if (!absl::IsNotFound(found.status()) && !absl::IsInvalidArgument(found.status())) {
      return found.status();
    }
  }
  SKYDEN_ASSIGN_OR_RETURN(const Json found, ListControlPlanes(id_or_name));
  if (found.empty()) {
    return absl::NotFoundError(fmt::format(
        "there is no control plane \"{}\"; \"skyden cp list\" shows those there are", id_or_name));
  }
  if (found.size() > 1) {
    std::string ids;
    for (const Json& item : found) ids += "\n  " + TextMember(item, "id");
    return absl::InvalidArgumentError(
        fmt::format("several control planes are called \"{}\"; give an id:{}", id_or_name, ids));
  }
  return TextMember(found[0], "id");
}

}  // namespace skyden::cli
