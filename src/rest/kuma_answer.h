// SPDX-License-Identifier: Apache-2.0
// Answers in the shapes of Kuma's API.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/base/status.h"
#include "skyden/http/handler.h"

namespace skyden::rest {

// `compact`: JSON text, laid out for people on the way.
http::Response KumaJson(int status, std::string_view compact);
http::Response KumaText(std::string text);

// An error of a service. `title` is used when it brings none of its own; `request_id` is shown for
// what is nobody's fault but ours, and the cause is logged under it.
http::Response KumaError(const absl::Status& error, std::string_view title,
                         std::string_view request_id);

// What the caller did wrong. What is ours goes through the function above, which logs it.
struct KumaProblem {
  int status = 400;
  std::string title;
  std::string detail;
  std::vector<base::FieldViolation> violations = {};
  std::string instance = {};
};
http::Response KumaError(const KumaProblem& problem);
http::Response KumaBadRequest(std::string detail);
http::Response KumaNotFound(std::string title);
// Of questions that a proxy's zone is asked, and of those that there are not.
inline constexpr std::string_view kGetTitle = "Could not retrieve a resource";
inline constexpr std::string_view kMeshTitle = "Failed to retrieve Mesh";
inline constexpr std::string_view kAdminOperationTitle = "Could not execute admin operation";
http::Response KumaInvalid(std::string title, std::string detail,
                           std::vector<base::FieldViolation> violations);
// Whether `format` of a query, perhaps empty, names a form that resources have.
bool IsKumaFormat(std::string_view format);
http::Response KumaUnknownFormat(std::string_view title);

// An error of the above as application/problem+json, with the instance that clients of such an API
// require; any other answer as it is.
http::Response AsProblem(http::Response response, std::string_view request_id);

// What the framework below Kuma answers: plain text.
http::Response FrameworkError(int status, std::string_view allow = {});

}  // namespace skyden::rest
