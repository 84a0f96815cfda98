// SPDX-License-Identifier: Apache-2.0
#include "tests/self_signed.h"

#include <cstdlib>

namespace skyden {

bool MakeSelfSigned(const std::string& alt_name, const std::string& certificate_file,
                    const std::string& key_file) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      " -subj /CN=test -addext subjectAltName=" +
      alt_name + " -keyout " + key_file + " -out " + certificate_file + " 2>/dev/null";
  return std::system(command.c_str()) == 0;
}

}  // namespace skyden
