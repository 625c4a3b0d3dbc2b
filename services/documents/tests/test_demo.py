"""The demo company's files and articles: brought once, in people's names, by the same use cases."""

from __future__ import annotations

from filing.cabinet import Cabinet, person
from serving.alone import employee


def test_the_demo_is_loaded_once_and_belongs_to_people(service: Cabinet) -> None:
    sun, mei = person("sun"), person("mei")

    first = service.system("load_demo_documents", employee_ids=[sun.id, mei.id])
    second = service.system("load_demo_documents", employee_ids=[sun.id, mei.id])

    assert (first, second) == ({"loaded": 8}, {"loaded": 0})
    mine = service.call(sun, "documents", select='[["id","id"],["name","name"],["c","category_name"]]')["nodes"]
    assert {(each["name"], each["c"]) for each in mine} == {
        ("投资顾问合同范本.txt", "合同模板"),
        ("稳健增长基金说明.txt", "产品资料"),
        ("客户资料管理办法.txt", "规章制度"),
    }
    [fund] = [each["id"] for each in mine if each["name"] == "稳健增长基金说明.txt"]
    assert "投资基金" in service.taken(sun, fund).decode()
    articles = service.call(employee("anybody"), "articles", select='[["title","title"]]')["nodes"]
    assert len(articles) == 3
    assert service.alone.refused(sun, "load_demo_documents", employee_ids=[sun.id]) == "FORBIDDEN"
