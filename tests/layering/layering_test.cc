// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/layering.h"

#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/source_dir.h"

namespace skyden::layering {
namespace {

struct Sample {
  std::string_view path;
  std::string_view text;
};

TEST_CASE("every include of the tree points downward", "[layering]") {
  size_t files = 0;
  const auto complaints = CheckTree(SourceDir(), files);
  for (const std::string& complaint : complaints) UNSCOPED_INFO(complaint);
  CHECK(complaints.empty());
  CHECK(files > 30);  // the walk really found the sources
}

TEST_CASE("an include that points up, sideways or into another module is found", "[layering]") {
  const auto sample = GENERATE(values<Sample>({
      {"src/store/a.cc", "#include \"skyden/resources/codec.h\"\n"},  // up
      {"src/base/a.cc", "#include \"skyden/store/store.h\"\n"},       // up, from the ground
      {"include/skyden/identity/a.h", "#include \"skyden/resources/codec.h\"\n"},  // sideways
      {"src/telemetry/a.cc", "#include \"skyden/model/ids.h\"\n"},           // sideways, rank 0
      {"src/base/a.cc", "#include \"skyden/model/ids.h\"\n"},                // below its neighbours
      {"src/cli/a.cc", "#include \"skyden/agent/agent.h\"\n"},               // sideways, rank 7
      {"src/rest/a.cc", "#include \"store/sqlite_engine.h\"\n"},             // another's private
      {"include/skyden/kds/a.h", "#include \"kds/stream.h\"\n"},             // public on private
      {"src/kds/a.cc", "// x\n  #  include  \"skyden/rest/rest_api.h\"\n"},  // odd spacing
      {"src/kds/a.cc", "#include \"stream.h\"\n"},                           // bare
      {"include/skyden/kds/a.h", "#include \"b.h\"\n"},                      // bare, and public
      {"src/nowhere/a.cc", ""},                                              // unknown module
  }));
  INFO(sample.path << ": " << sample.text);
  CHECK(CheckFile(sample.path, sample.text).size() == 1);
}

TEST_CASE("within resources, an include of a folder that is not below is found", "[layering]") {
  const auto sample = GENERATE(values<Sample>({
      {"src/resources/json/a.cc", "#include \"resources/codec/meta.h\"\n"},             // up
      {"src/resources/rules_json/a.h", "#include \"resources/rules_proto/tags.h\"\n"},  // beside
      {"src/resources/write/a.cc", "#include \"resources/manager/list_filter.h\"\n"},
      {"src/resources/json/a.cc", "#include \"value.h\"\n"},                   // bare
      {"src/resources/json/a.cc", "#include \"skyden/resources/codec.h\"\n"},  // codec/ defines
      {"src/resources/write/a.cc", "#include \"skyden/resources/unheard_of.h\"\n"},
      {"src/resources/write/a.cc", "#include \"resources/unheard_of/a.h\"\n"},
      {"src/resources/write/a.cc", "#include \"resources/type_codec.h\"\n"},
      {"src/resources/a.cc", "#include \"resources/json/value.h\"\n"},  // lies in no folder
      {"src/resources/unheard_of/a.cc", ""},
  }));
  INFO(sample.path << ": " << sample.text);
  CHECK(CheckFile(sample.path, sample.text).size() == 1);
}

TEST_CASE("a library outside the module that owns it is found", "[layering]") {
  const auto sample = GENERATE(values<Sample>({
      {"src/store/a.cc", "#include <sqlite3.h>\n"},
      {"src/store/rows/a.cc", "#include <sqlite3.h>\n"},
      {"src/store/sqlite/a.cc", "#include <libpq-fe.h>\n"},
      {"include/skyden/store/a.h", "#include <sqlite3.h>\n"},
      {"src/resources/views/a.cc", "#include <sqlite3.h>\n"},
      {"src/server/a.cc", "#include <libpq-fe.h>\n"},
      {"src/kds/a.cc", "#include <boost/asio.hpp>\n"},
      {"src/identity/a.cc", "#include <openssl/sha.h>\n"},
      {"src/base/gzip.cc", "#include <openssl/sha.h>\n"},
      {"src/http/session.cc", "#include <boost/asio/ssl.hpp>\n"},
      {"include/skyden/kds/a.h", "#include <grpcpp/server.h>\n"},
  }));
  INFO(sample.path << ": " << sample.text);
  CHECK(CheckFile(sample.path, sample.text).size() == 1);
}

TEST_CASE("a folder that includes one above it or beside it in its module is found", "[layering]") {
  const auto sample = GENERATE(values<Sample>({
      {"src/store/rows/a.cc", "#include \"store/sqlite/connection.h\"\n"},
      {"src/store/rows/a.cc", "#include \"store/postgres/connection.h\"\n"},
      {"src/store/a.cc", "#include \"store/rows/records.h\"\n"},
      {"src/store/a.cc", "#include \"store/sqlite/connection.h\"\n"},
      {"src/store/postgres/a.cc", "#include \"store/sqlite/connection.h\"\n"},
      {"src/store/sqlite/a.cc", "#include \"store/takeover/a.h\"\n"},
  }));
  INFO(sample.path << ": " << sample.text);
  CHECK(CheckFile(sample.path, sample.text).size() == 1);
}

TEST_CASE("what every engine of the store shares names none of them", "[layering]") {
  namespace fs = std::filesystem;
  const fs::path store = fs::path(SourceDir()) / "src" / "store";
  std::vector<fs::path> shared = {store / "session.h", store / "session.cc"};
  for (const auto& entry : fs::directory_iterator(store / "rows")) shared.push_back(entry.path());
  CHECK(shared.size() > 12);
  for (const fs::path& path : shared) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    REQUIRE_FALSE(text.empty());
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const char* engine : {"sqlite", "postgres", "libpq"}) {
      INFO(path << " names " << engine);
      CHECK(text.find(engine) == std::string::npos);
    }
  }
}

TEST_CASE("what the layout allows is not complained about", "[layering]") {
  const auto sample = GENERATE(values<Sample>({
      {"src/main.cc", "#include \"skyden/cli/cli.h\"\n#include \"skyden/agent/agent.h\"\n"},
      {"src/store/sqlite/a.cc", "#include <sqlite3.h>\n#include \"store/a.h\"\n"},
      {"src/store/sqlite/a.cc", "#include \"store/rows/a.h\"\n#include \"store/sqlite/b.h\"\n"},
      {"src/store/rows/a.cc", "#include \"store/session.h\"\n#include \"store/rows/b.h\"\n"},
      {"src/store/takeover/a.cc",
       "#include \"store/sqlite/a.h\"\n#include \"store/postgres/a.h\"\n"},
      {"src/model/a.cc", "#include \"skyden/base/check.h\"\n#include <vector>\n"},
      {"src/http/tls_files.cc", "#include <openssl/ssl.h>\n#include <boost/asio/ssl.hpp>\n"},
      {"src/base/crypto_rsa.cc", "#include <openssl/rsa.h>\n"},
      {"src/kds/a.cc", "#include <grpcpp/server.h>\n#include \"kuma/mesh/v1alpha1/sync.pb.h\"\n"},
      {"src/resources/codec/a.cc", "#include \"resources/rules_json/rules.h\"\n"},
      {"src/resources/codec/a.cc", "#include \"resources/codec/meta.h\"\n"},
      {"src/resources/tokens/a.h", "#include \"skyden/resources/resource_manager.h\"\n"},
      {"include/skyden/resources/a.h", "#include \"skyden/resources/transfer.h\"\n"},
      {"src/rest/a.cc", "#include \"skyden/resources/transfer.h\"\n"},
      {"src/kds/a.cc", "// #include \"skyden/rest/rest_api.h\"\n"},
  }));
  INFO(sample.path << ": " << sample.text);
  CHECK(CheckFile(sample.path, sample.text).empty());
}

}  // namespace
}  // namespace skyden::layering
