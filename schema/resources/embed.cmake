# SPDX-License-Identifier: Apache-2.0
# Writes every *.yaml of FOLDER as a string literal into OUTPUT.
file(GLOB files ${FOLDER}/*.yaml)
list(SORT files)
set(text "// Made by embed.cmake.\n#include \"model/embedded_types.h\"\n\nnamespace skyden::model {\n")
string(APPEND text "\nstd::vector<EmbeddedFile> EmbeddedTypeFiles() {\n  return {\n")
foreach(path IN LISTS files)
  get_filename_component(name ${path} NAME)
  file(READ ${path} content)
  string(APPEND text "      {\"${name}\", R\"skyden(${content})skyden\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace skyden::model\n")
file(WRITE ${OUTPUT} "${text}")
