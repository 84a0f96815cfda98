// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/import_errors.h"

#include <fmt/format.h>

#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::resources {

bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status);
}

std::string NameOfDocument(size_t document, std::string_view type, std::string_view mesh,
                           std::string_view name) {
  std::string where = document == 0 ? "no document" : fmt::format("document {}", document);
  if (!type.empty()) where += fmt::format(", {}", type);
  if (!name.empty()) where += fmt::format(" {}{}{}", mesh, mesh.empty() ? "" : "/", name);
  return where;
}

void ImportErrors::Add(const std::string& where, const absl::Status& why) {
  ++documents_;
  const auto add = [&](std::string_view field, std::string_view reason) {
    if (violations_.size() >= base::limits::kImportErrors) return;
    violations_.push_back(
        {fmt::format("{}{}{}", where, field.empty() ? "" : ": ", field), std::string(reason)});
  };
  const std::vector<base::FieldViolation> violations = base::ViolationsOf(why);
  if (violations.empty()) {
    std::string reason(base::ToStd(why.message()));
    if (const std::string title = base::TitleOf(why); absl::IsNotFound(why) && !title.empty()) {
      reason = fmt::format("{}: {}", title, reason);
    }
    return add("", reason);
  }
  for (const base::FieldViolation& violation : violations) add(violation.field, violation.reason);
}

absl::Status ImportErrors::Take(size_t documents) const {
  return base::WithViolations(
      base::WithTitle(
          absl::InvalidArgumentError(fmt::format(
              "{} of {} resources cannot be imported; nothing was stored", documents_, documents)),
          "Could not import"),
      violations_);
}

}  // namespace skyden::resources
