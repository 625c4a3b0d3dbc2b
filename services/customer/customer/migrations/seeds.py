"""The dictionaries a new company begins with (CUS-46): code, Chinese label, English label."""

from __future__ import annotations

REGIONS = """
beijing 北京 Beijing|tianjin 天津 Tianjin|hebei 河北 Hebei|shanxi 山西 Shanxi|neimenggu 内蒙古 Inner_Mongolia
liaoning 辽宁 Liaoning|jilin 吉林 Jilin|heilongjiang 黑龙江 Heilongjiang|shanghai 上海 Shanghai|jiangsu 江苏 Jiangsu
zhejiang 浙江 Zhejiang|anhui 安徽 Anhui|fujian 福建 Fujian|jiangxi 江西 Jiangxi|shandong 山东 Shandong
henan 河南 Henan|hubei 湖北 Hubei|hunan 湖南 Hunan|guangdong 广东 Guangdong|guangxi 广西 Guangxi|hainan 海南 Hainan
chongqing 重庆 Chongqing|sichuan 四川 Sichuan|guizhou 贵州 Guizhou|yunnan 云南 Yunnan|xizang 西藏 Tibet
shaanxi 陕西 Shaanxi|gansu 甘肃 Gansu|qinghai 青海 Qinghai|ningxia 宁夏 Ningxia|xinjiang 新疆 Xinjiang
hongkong 香港 Hong_Kong|macau 澳门 Macau|taiwan 台湾 Taiwan|overseas 海外 Overseas
"""
INDUSTRIES = """
manufacturing 制造业 Manufacturing|it 信息技术 Information_technology|finance 金融 Finance|realestate 房地产 Real_estate
construction 建筑 Construction|retail 批发零售 Wholesale_and_retail|logistics 交通物流 Transport_and_logistics
energy 能源电力 Energy|education 教育 Education|healthcare 医疗健康 Healthcare|government 政府机关 Government
agriculture 农林牧渔 Agriculture|catering 住宿餐饮 Hotels_and_catering|media 文化传媒 Culture_and_media
services 商务服务 Business_services|research 科研技术 Research|environment 环保水务 Environment_and_water
mining 采矿 Mining|other 其他 Other
"""
NATURES = """
state 国有企业 State-owned|private 民营企业 Private|foreign 外资企业 Foreign-owned|joint 合资企业 Joint_venture
listed 上市公司 Listed|institution 事业单位 Public_institution|authority 政府机关 Authority|ngo 社会团体 Association
soletrader 个体工商户 Sole_trader|individual 个人 Individual
"""
SOURCES = """
phone 电话营销 Cold_call|website 官网注册 Website|search 搜索引擎 Search_engine|ecommerce 电商平台 E-commerce
wechat 微信公众号 WeChat|douyin 抖音 Douyin|exhibition 展会 Exhibition|referral 客户介绍 Referral
partner 合作伙伴 Partner|advertising 广告 Advertising
form 在线表单 Online_form|seminar 研讨会 Seminar|visit 陌生拜访 Visit|import 批量导入 Import|other 其他 Other
"""
LEVELS = """
a A级（重点） A_(key)|b B级（普通） B_(regular)|c C级（非优先） C_(low_priority)|vip VIP客户 VIP
"""
CLASSES = """
high_value 高价值客户 High_value|potential 潜力客户 Potential|ordinary 普通客户 Ordinary
"""

SEEDS = {
    "REGION": REGIONS,
    "INDUSTRY": INDUSTRIES,
    "NATURE": NATURES,
    "SOURCE": SOURCES,
    "LEVEL": LEVELS,
    "CUSTOMER_CLASS": CLASSES,
}


def entries() -> list[tuple[str, str, str, str, int]]:
    """Dictionary, code, label, English label, rank."""
    found = []
    for dictionary, text in SEEDS.items():
        lines = [entry for line in text.strip().splitlines() for entry in line.split("|")]
        for rank, entry in enumerate(lines, 1):
            code, label, english = entry.split(" ")
            found.append((dictionary, code, label, english.replace("_", " "), rank))
    return found
