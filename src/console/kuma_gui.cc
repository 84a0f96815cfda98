// SPDX-License-Identifier: Apache-2.0
// index.html is a template with two marks: the base of its addresses, and the place of a JSON text.
// Kuma fills them when it starts; here each control plane has a base of its own, so they are filled
// when somebody asks.
#include "skyden/console/kuma_gui.h"

#include <iterator>
#include <map>
#include <utility>

#include "console/asset.h"
#include "console/folder.h"
#include "console/headers.h"
#include "fmt/format.h"
#include "skyden/base/html.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"
#include "skyden/http/uri.h"

namespace skyden::console {
namespace {

// That of 2.14 has 160 files of 3 MiB.
constexpr FolderLimits kLimits{.files = 4096, .bytes = 64u << 20};
constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kBaseMark = "{{.BaseGuiPath}}";
constexpr std::string_view kConfigMark = "{{.}}";
constexpr std::string_view kGuiAssets = "assets/";

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

absl::Status CheckMarks(std::string_view page) {
  for (const std::string_view mark : {kBaseMark, kConfigMark}) {
    if (Count(page, mark) == 1) continue;
    return absl::FailedPreconditionError(fmt::format(
        "index.html does not have {} once: take the folder app/kuma-ui/pkg/resources/data of "
        "Kuma's source archive, not a page that a Kuma has served",
        mark));
  }
  if (Count(page, "{{") != 2) {
    return absl::FailedPreconditionError(
        "index.html wants to be told more than is known here: take the GUI of Kuma 2.9 to 3");
  }
  return absl::OkStatus();
}

// JSON that may stand inside a <script> element, whatever it says.
std::string ForScript(std::string_view json) {
  std::string text;
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&') {
      fmt::format_to(std::back_inserter(text), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text.push_back(c);
    }
  }
  return text;
}

std::string ConfigOf(const KumaGui::Site& site) {
  base::JsonObjectText config;
  config.Text("baseGuiPath", site.gui_path)
      .Text("apiUrl", site.api_path)
      .Text("version", site.kuma_version)
      .Text("product", "Kuma")
      .Text("mode", "global")
      .Text("environment", "universal")
      .Text("storeType", "sqlite")  // of one that keeps nothing the GUI warns
      .Raw("apiReadOnly", "false");
  return ForScript(config.Take());
}

class KumaGuiImpl final : public KumaGui {
 public:
  using Files = std::map<std::string, Asset, std::less<>>;

  KumaGuiImpl(std::string page, Files files) : page_(std::move(page)), files_(std::move(files)) {}

  std::optional<http::Response> File(const http::Request& request,
                                     std::string_view path) const override {
    while (path.starts_with('/')) path.remove_prefix(1);
    const std::optional<std::string> name = http::PercentDecode(path, http::Plus::kLiteral);
    const auto file = name ? files_.find(*name) : files_.end();
    const bool is_asset = path.starts_with(kGuiAssets);
    if (file != files_.end()) {
      http::Response response =
          AnswerAsset(request, file->second, is_asset ? Freshness::kForEver : Freshness::kAsk);
      AddHeaders(request, kKumaGuiPolicy, response);
      return response;
    }
    if (!is_asset) return std::nullopt;
    return NotFoundText(request, kKumaGuiPolicy, "no such file of Kuma's GUI\n");
  }

  http::Response Page(const http::Request& request, const Site& site) const override {
    std::string page = page_;
    page.replace(page.find(kBaseMark), kBaseMark.size(), base::EscapeHtml(site.gui_path));
    page.replace(page.find(kConfigMark), kConfigMark.size(), ConfigOf(site));
    http::Response response =
        AnswerAsset(request, MakeAsset(kIndex, std::move(page)), Freshness::kAsk);
    AddHeaders(request, kKumaGuiPolicy, response);
    return response;
  }

 private:
  const std::string page_;
  const Files files_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<KumaGui>> KumaGui::Load(const std::string& folder) {
  SKYDEN_ASSIGN_OR_RETURN(auto contents, ReadFolder(folder, kLimits));
  const auto index = contents.find(kIndex);
  if (index == contents.end()) {
    return absl::FailedPreconditionError(
        "there is no index.html in it: name the folder that has Kuma's "
        "(app/kuma-ui/pkg/resources/data of its source archive)");
  }
  std::string page = std::move(index->second);
  contents.erase(index);
  SKYDEN_RETURN_IF_ERROR(CheckMarks(page));
  KumaGuiImpl::Files files;
  for (auto& [name, bytes] : contents) files.emplace(name, MakeAsset(name, std::move(bytes)));
  return std::make_unique<KumaGuiImpl>(std::move(page), std::move(files));
}

}  // namespace skyden::console
