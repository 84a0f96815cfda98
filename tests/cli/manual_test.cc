// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.h"

#include <catch2/catch.hpp>

#include "skyden/base/version.h"
#include "skyden/server/config.h"

namespace skyden::cli {
namespace {

std::map<std::string, std::string> Pages() {
  CLI::App root("Hosts things.\n\nFirst steps:\n  tool thing make", "tool");
  root.footer("\nExit codes: 0 done.");
  CLI::App* const thing = root.add_subcommand("thing", "look after things");
  CLI::App* const make = thing->add_subcommand("make", "make one");
  make->add_option("name", "what it is called")->required();
  make->add_option("-c,--colour", "as one sees it")->default_str("grey")->envname("COLOUR");
  make->footer("\nExample:\n.not a request\n'nor this\n  a\\b");
  root.add_subcommand("stop", "end it");
  return ManualPages(root);
}

bool Has(const std::string& page, const std::string& text) {
  INFO(page);
  CHECK(page.find(text) != std::string::npos);
  return page.find(text) != std::string::npos;
}

TEST_CASE("there is a page for the program, each command below it, and the settings",
          "[cli][manual]") {
  const auto pages = Pages();
  std::vector<std::string> names;
  for (const auto& [name, text] : pages) {
    names.push_back(name);
    CHECK(text.rfind(".TH ", 0) == 0);
    Has(text, "Skyden " + std::string(base::Version()));
    Has(text, "\n.SH NAME\n");
  }
  CHECK(names ==
        std::vector<std::string>{"skyden-stop.1", "skyden-thing.1", "skyden.1", "skyden.yaml.5"});
}

TEST_CASE("a page says what --help says, however deep the command", "[cli][manual]") {
  const std::string page = Pages().at("skyden-thing.1");
  Has(page, "\n.SS tool thing make\nmake one\n");
  Has(page, "\n.B tool thing make\n.I NAME\n[options]\n");
  Has(page, "\n.TP\n.I NAME\nwhat it is called\n");
  Has(page, "\n.TP\n.B \\-c, \\-\\-colour\nas one sees it [grey] (COLOUR)\n");
}

TEST_CASE("nothing that a command says is taken for a request to troff", "[cli][manual]") {
  const std::string page = Pages().at("skyden-thing.1");
  Has(page, "\n\\&.not a request\n\\&'nor this\n  a\\eb\n.fi\n");
}

TEST_CASE("the page of settings has every setting with its default", "[cli][manual]") {
  const std::string page = Pages().at("skyden.yaml.5");
  for (const server::SettingInfo& setting : server::Settings()) {
    Has(page, "\n.B " + setting.key + "\n");
  }
  Has(page, "\n.B drain_time\n");
  Has(page, "\n.br\nDefault: 10s\n");
}

}  // namespace
}  // namespace skyden::cli
