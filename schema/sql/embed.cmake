# SPDX-License-Identifier: Apache-2.0
# cmake -DFILES=a;b -DOUTPUT=x.cc -P embed.cmake: writes the table of migrations.
set(text "// Generated from schema/sql. Do not edit.\n#include \"store/sqlite/migrations.h\"\n\n")
string(APPEND text "namespace skyden::store::sqlite {\nnamespace {\nconst Migration kMigrations[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} sql)
  string(APPEND text "    {\"${name}\", R\"SQL(${sql})SQL\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace\n")
string(APPEND text
       "std::span<const Migration> EmbeddedMigrations() { return kMigrations; }\n"
       "}  // namespace skyden::store::sqlite\n")
file(WRITE ${OUTPUT} "${text}")
