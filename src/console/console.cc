// SPDX-License-Identifier: Apache-2.0
// The page has a hash of all its files in their addresses, so that they are kept for ever and a
// page never meets the files of another build.
#include "skyden/console/console.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "console/asset.h"
#include "console/embedded.h"
#include "console/headers.h"
#include "fmt/format.h"

namespace skyden::console {
namespace {

constexpr std::string_view kRoot = "/console";
constexpr std::string_view kConsoleAssets = "/console/assets/";
constexpr std::string_view kLicences = "/console/licences";

std::string_view WithoutTrailingSlashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// Takes what is before the next slash off the front, and the slash.
std::string_view TakeSegment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

bool Matches(std::string_view route, std::string_view path) {
  while (!route.empty() && !path.empty()) {
    const std::string_view expected = TakeSegment(route);
    const std::string_view segment = TakeSegment(path);
    const bool any = expected.starts_with(':') && !segment.empty();
    if (!any && expected != segment) return false;
  }
  return route.empty() && path.empty();
}

http::Response Redirect(std::string location) {
  return {
      .status = 302,
      .headers = {
          {"Location", std::move(location)}, {"Cache-Control", "no-cache"}, {"Vary", "Accept"}}};
}

class ConsoleImpl final : public Console {
 public:
  ConsoleImpl(const EmbeddedPage& page, Wanted wanted)
      : why_not_(page.hash.empty()       ? "this daemon was built without the console: see "
                                           "schema/console of its source\n"
                 : wanted == Wanted::kNo ? "the console is switched off here (console: false)\n"
                                         : ""),
        routes_(page.routes),
        index_(MakeAsset("index.html", std::string(page.index))),
        licences_(MakeAsset("licences.txt", std::string(page.licences))) {
    for (const EmbeddedFile& file : page.files) {
      files_.emplace(fmt::format("{}{}/{}", kConsoleAssets, page.hash, file.name),
                     MakeAsset(file.name, std::string(file.content)));
    }
  }

  bool shown() const override { return why_not_.empty(); }

  std::optional<http::Response> Answer(const http::Request& request) const override {
    if (request.method != http::Method::kGet) return std::nullopt;
    const std::string_view path = request.path;
    if (path == "/" && shown() &&
        request.Find("accept").value_or("").find("text/html") != std::string_view::npos) {
      return Redirect(fmt::format("{}/", kRoot));
    }
    const bool ours =
        path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
    if (!ours) return std::nullopt;
    if (!shown()) return NotFoundText(request, kConsolePolicy, std::string(why_not_));
    if (path.starts_with(kConsoleAssets)) return File(request);
    if (path == kLicences) return Show(request, licences_);
    return IsRoute(path) ? Show(request, index_) : NotFound(request);
  }

 private:
  static http::Response Show(const http::Request& request, const Asset& asset) {
    http::Response response = AnswerAsset(request, asset, Freshness::kAsk);
    AddHeaders(request, kConsolePolicy, response);
    return response;
  }

  // The page itself says so, in its own words.
  http::Response NotFound(const http::Request& request) const {
    http::Response response = AnswerAsset(http::Request(), index_, Freshness::kAsk);
    response.status = 404;
    AddHeaders(request, kConsolePolicy, response);
    return response;
  }

  http::Response File(const http::Request& request) const {
    const auto file = files_.find(request.path);
    if (file == files_.end()) {
      return NotFoundText(request, kConsolePolicy, "no such file of this console\n");
    }
    http::Response response = AnswerAsset(request, file->second, Freshness::kForEver);
    AddHeaders(request, kConsolePolicy, response);
    return response;
  }

  bool IsRoute(std::string_view path) const {
    path = WithoutTrailingSlashes(path);
    for (const std::string_view route : routes_) {
      if (Matches(WithoutTrailingSlashes(route), path)) return true;
    }
    return false;
  }

  const std::string_view why_not_;
  const std::vector<std::string_view> routes_;
  const Asset index_;
  const Asset licences_;
  std::map<std::string, Asset, std::less<>> files_;  // by path
};

}  // namespace

std::string_view ConsoleVersion() { return Embedded().hash; }

std::unique_ptr<Console> Console::Create(Wanted wanted) {
  return std::make_unique<ConsoleImpl>(Embedded(), wanted);
}

}  // namespace skyden::console
