"""Elasticsearch and MinIO of the tests are the real ones: what is indexed is found, what is put is got."""

from __future__ import annotations

import secrets

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from elasticsearch import Elasticsearch

from crm_servers.addresses import S3


def test_elasticsearch_finds_an_exact_chinese_substring(elasticsearch: str) -> None:
    index = f"test-{secrets.token_hex(4)}"
    with Elasticsearch(elasticsearch) as client:
        client.index(index=index, id="1", document={"name": "上海华信贸易有限公司"}, refresh=True)
        client.index(index=index, id="2", document={"name": "北京信华科技"}, refresh=True)
        found = client.search(index=index, query={"match_phrase": {"name": "华信"}})
        assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
        assert found["hits"]["total"] == {"value": 1, "relation": "eq"}
        client.indices.delete(index=index)


def test_s3_gives_back_what_was_put_and_keeps_strangers_out(s3: S3) -> None:
    keys = {"aws_access_key_id": s3.access_key, "aws_secret_access_key": s3.secret_key}
    path_style = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
    client = boto3.client("s3", endpoint_url=s3.url, region_name="us-east-1", config=path_style, **keys)
    bucket = f"test-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="合同/1.txt", Body="内容".encode())
    assert client.get_object(Bucket=bucket, Key="合同/1.txt")["Body"].read().decode() == "内容"
    presigned = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "合同/1.txt"}, ExpiresIn=60
    )
    assert httpx.get(presigned, trust_env=False).text == "内容"
    assert httpx.get(presigned.partition("?")[0], trust_env=False).status_code == 403
    client.delete_object(Bucket=bucket, Key="合同/1.txt")
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket=bucket, Key="合同/1.txt")
    client.delete_bucket(Bucket=bucket)
