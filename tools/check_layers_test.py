#!/usr/bin/env python3
"""Tests tools/check_layers.py on made-up trees: each law is broken once, and once kept."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import check_layers


def check(files):
    """The status and the text of a check on a tree of these files (path below src/ -> text)."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as text:
        for place, content in files.items():
            path = pathlib.Path(folder, "src", place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return check_layers.main(folder), text.getvalue()


class LayerCheck(unittest.TestCase):
    def accepts(self, files):
        status, text = check(files)
        self.assertEqual(status, 0, text)

    def refuses(self, files, *words):
        status, text = check(files)
        self.assertEqual(status, 1, text)
        for word in words:
            self.assertIn(word, text)

    def test_a_module_may_include_itself_and_those_below(self):
        self.accepts({"dataset/a.cpp": '#include "dataset/a.h"\n#include "core/grid.h"\n#include <vector>\n'})

    def test_a_module_may_not_include_one_above(self):
        self.refuses({"core/a.h": '#include <span>\n#include "dataset/a.h"\n'}, "src/core/a.h:2:", "dataset/a.h")

    def test_a_module_may_not_include_its_neighbour(self):
        self.refuses({"multislice/a.h": '#  include "formats/scan.h"\n'}, "src/multislice/a.h:1:")

    def test_no_module_includes_commands(self):
        for module in check_layers.LAYERS:
            if module != "commands":
                self.refuses({f"{module}/a.cpp": '#include "commands/a.h"\n'}, "commands/a.h")

    def test_the_order_has_no_back_edge(self):
        below = set()
        for module, allowed in check_layers.LAYERS.items():
            self.assertLessEqual(set(allowed.split()), below, module)
            below.add(module)

    def test_an_include_names_its_module(self):
        self.refuses({"core/a.cpp": '#include "a.h"\n'}, "module/file.h")

    def test_a_folder_that_is_no_module_is_refused(self):
        self.refuses({"utils/a.h": ""}, "utils/a.h")
        self.refuses({"a.h": ""}, "lies in no module")

    def test_installed_packages_of_the_report_are_not_ours(self):
        self.accepts({"core/a.h": "", "report/web/node_modules/x/a.h": '#include "b.h"\n'})

    def test_heavy_libraries_stay_in_their_place(self):
        for home, header in [("core/matrix_product.cpp", "cblas.h"), ("core/config.cpp", "toml++/toml.h"),
                             ("core/random.h", "Random123/philox.h"), ("specimen/cif_file.cpp", "gemmi/cif.hpp"),
                             ("formats/a.cpp", "hdf5.h"), ("learning/a.cpp", "torch/torch.h"),
                             ("dataset/ranks.cpp", "mpi.h"), ("commands/a.cpp", "CLI/CLI.hpp")]:
            self.accepts({home: f"#include <{header}>\n"})
            self.refuses({"microscope/a.cpp": f"#include <{header}>\n"}, header, "alone")

    def test_the_home_of_a_library_is_a_file_where_it_says_so(self):
        self.refuses({"core/grid.cpp": "#include <cblas.h>\n"}, "core/matrix_product.cpp")

    def test_the_library_does_not_print_exit_or_read_the_environment(self):
        for line in ["std::cout << 1;", "printf(text);", "std::exit(1);", "exit (1);", 'getenv("HOME");', 'fmt::print("");']:
            self.refuses({"core/a.cpp": line + "\n"}, "only commands/")
            self.accepts({"commands/a.cpp": line + "\n", "core/a_test.cpp": line + "\n"})

    def test_words_that_only_look_like_printing_pass(self):
        self.accepts({"core/a.cpp": 'snprintf(b, n, "x");\nslices.exit(3);\n// printf(x)\nauto s = "exit(1)";\nis_exit(2);\n'})

    def test_a_file_has_at_most_600_lines(self):
        self.accepts({"core/a.cpp": "\n" * 600})
        self.refuses({"core/a.cpp": "\n" * 601}, "601 lines")

    def test_the_build_may_not_link_what_a_module_may_not_include(self):
        good = "terrace_module(specimen DEPENDS core LINK x)\nterrace_module(core LINK y)\n"
        self.accepts({"core/a.h": "", "CMakeLists.txt": good})
        self.refuses({"core/a.h": "", "CMakeLists.txt": "terrace_module(core DEPENDS dataset)\n"}, "core depends on dataset")

    def test_an_empty_tree_is_a_fault(self):
        self.refuses({}, "no source file")


if __name__ == "__main__":
    unittest.main()
