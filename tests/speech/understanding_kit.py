"""A small show's rows as a frame has them, and questions of viewers with what they ask."""

from typing import Any, NamedTuple

Row = dict[str, Any]

REGIONS: list[Row] = [
    {"region": "US", "name": "United States", "time_zone": "America/New_York", "countries": ["US", "CA"]},
    {"region": "EU", "name": "Europe", "time_zone": "Europe/Berlin", "countries": ["DE", "FR", "ES", "IT", "NL", "AT", "PL"]},
    {"region": "SEA", "name": "South-East Asia", "time_zone": "Asia/Singapore", "countries": ["MY", "TH", "SG", "ID", "VN"]},
]  # fmt: skip


def sku(code: str, title: str, category: str = "", on_screen: bool = False) -> Row:
    """A SKU's row."""
    return {
        "sku": code, "title": title, "tier": "campaign", "price_minor": 4900, "cost_minor": 1700, "currency": "USD",
        "category": category, "sold": 0, "left": 0, "on_screen": on_screen,
    }  # fmt: skip


SKUS: list[Row] = [
    sku("HALO-ROSE", "Halo ring · rose", "rings"),
    sku("HALO-SILVER", "Halo ring · silver", "rings"),
    sku("PULSE-BLACK", "Pulse band · black", "bands"),
    sku("PULSE-SAND", "Pulse band · sand", "bands", on_screen=True),
    sku("TEMPO-CLIP", "Tempo clip", "clips"),
]


class Asked(NamedTuple):
    """A question and what it asks; `sku` "." is what is on screen, "?" none for sure, "-" is not looked at."""

    language: str
    intent: str
    sku: str
    country: str
    text: str


def questions() -> list[Asked]:
    """All questions below."""
    return [Asked(*line.split(None, 4)) for line in QUESTIONS.splitlines() if line.strip()]


QUESTIONS = """
en stock - - how many left??
en stock HALO-ROSE - is the rose ring still in stock
en stock - - are there any left 🙏
en stock TEMPO-CLIP - hw many tempo clips do u have
en stock PULSE-BLACK - black band sold out already? 😭
en stock - - Is it still availble
en ships_to - DE do you ship to Germany?
en ships_to - AU can i get this shipped to sydney pls
en ships_to - GB shipping to UK? 🇬🇧
en ships_to - CA deliver to canadaa?
en ships_to - US do u ship to the us
en ships_to - FR would you send it to Paris
en delivery_time - - how long does shipping take
en delivery_time - PL when would it arrive in Poland
en delivery_time - - will i get it before christmas??
en delivery_time - - delivery time?
en price - - price?
en price HALO-SILVER - how mcuh is the silver ring
en price - - HOW MUCHHH
en price TEMPO-CLIP - whats the price of the clip
en limit - - can i buy 3?
en limit - - how many can I order per person
en limit - - is there a limit
en restock HALO-ROSE - when will the rose ring be back in stock
en restock - - will you restok this??
en restock PULSE-BLACK - any more of the black bands coming soon?
en coupon - - any discount code?
en coupon - - is there a cupon for this one
en coupon - - does the code still work
en variant - - what colors does it come in
en variant - - do you have it in red?
en variant - - any other sizes
en unknown - - hello from Brazil 😍😍
en unknown - - love your nails omg
en unknown - - my order from last week hasn't arrived
en unknown - - where is my package
en unknown - - can i pay with paypal
en unknown - - how much is shipping?
en unknown - - I want a refund
en unknown - - is it waterproof?
en unknown - - 😍😍😍
en unknown - - you are so beautiful
es stock - - ¿cuántos quedan?
es stock HALO-ROSE - quedan anillos rosas?
es stock - - todavia hay??
es stock - - ya se agotó? 😢
es ships_to - MX haceis envios a mexico
es ships_to - DE envían a Alemania?
es ships_to - CL hola soy de Chile, llegan hasta acá?
es ships_to - AR mandan a Argentina porfa
es delivery_time - - cuánto tarda en llegar
es delivery_time - ES cuando llegaria a Madrid
es delivery_time - - q tiempo demora el envio
es price PULSE-BLACK - precio de la pulsera negra
es price - - cuanto cuesta??
es price - - cuanto sale
es price - - presio porfa
es limit - - cuantos puedo comprar
es limit - - hay limite por persona?
es restock - - cuándo vuelven a tener stock
es restock - - van a reponer la pulsera negra?
es coupon - - hay algun código de descuento?
es coupon - - tienen cupon
es variant - - en qué colores viene
es variant - - hay en verde?
es variant - - qué tallas tienen
es unknown - - que guapa estás
es unknown - - dónde está mi pedido
es unknown - - hola desde Perú
es unknown - - cuanto cuesta el envio
de stock - - wie viele sind noch da
de stock - - noch verfügbar?
de stock HALO-SILVER - ist der silberne ring schon ausverkauft
de stock - - gibts das noch
de ships_to - AT liefert ihr nach Österreich
de ships_to - CH versand in die schweiz möglich?
de ships_to - DE verschickt ihr auch nach deutschland
de delivery_time - - wie lange dauert der versand
de delivery_time - - wann kommt es an wenn ich heute bestelle
de delivery_time - - kommt das noch vor weihnachten
de price - - was kostet das
de price PULSE-SAND - preis vom armband in sand?
de price - - wieviel kostn der ring
de limit - - wie viele darf man bestellen
de limit - - kann ich 5 stück kaufen
de restock - - wann gibt es die wieder
de restock - - kommt da noch nachschub
de coupon - - habt ihr einen rabattcode
de coupon - - gutschein?
de variant - - gibt es das auch in blau
de variant - - welche größen habt ihr
de unknown - - guten abend zusammen
de unknown - - wo bleibt meine bestellung
de unknown - - kann man mit paypal bezahlen
de unknown - - tolle haare
fr stock - - il en reste combien ?
fr stock - - c'est encore dispo ?
fr stock HALO-ROSE - la bague rose est en rupture ?
fr ships_to - BE vous livrez en Belgique ?
fr ships_to - CA livraison au canada svp
fr ships_to - CH est ce que vous envoyez en suisse
fr delivery_time - - quel est le délai de livraison
fr delivery_time - FR je reçois quand si j'habite à Lyon
fr delivery_time - - ça met combien de temps à arriver
fr price - - c'est combien
fr price HALO-SILVER - prix de la bague argentée svp
fr price - - combien ça coute
fr limit - - on peut en prendre combien max
fr limit - - limite par personne ?
fr restock - - quand est-ce que ça revient en stock
fr restock - - vous allez restocker ?
fr coupon - - y a un code promo ?
fr coupon - - une petite réduction ? 🥺
fr variant - - ça existe en noir ?
fr variant - - quelles couleurs vous avez
fr unknown - - bonsoir tout le monde
fr unknown - - je n'ai toujours pas reçu mon colis
fr unknown - - les frais de port c'est combien
pt stock - - ainda tem?
pt stock - - quantas unidades restam
pt stock - - já esgotou??
pt ships_to - PT enviam para Portugal?
pt ships_to - BR entrega em são paulo?
pt ships_to - - vocês mandam pra fora
pt delivery_time - - quanto tempo demora pra chegar
pt delivery_time - - qual o prazo de entrega
pt price - - quanto custa
pt price HALO-ROSE - qual o preço do anel rosa
pt price - - qto é? preço pfv
pt limit - - quantos posso comprar
pt restock - - quando volta ao estoque
pt restock - - vão repor?
pt coupon - - tem cupom de desconto?
pt variant - - tem em preto?
pt variant - - quais as cores
pt unknown - - oi gente linda
pt unknown - - cadê meu pedido
pt unknown - - aceita pix?
id stock - - masih ada kak?
id stock - - stok sisa brp
id stock - - ready ga kak
id ships_to - ID bisa kirim ke surabaya?
id ships_to - - bisa kirim ke luar negeri gak
id delivery_time - - berapa lama sampai nya kak
id delivery_time - ID kapan nyampe ke medan
id price - - brp harganya kak
id price HALO-ROSE - cincin yang pink berapa
id price - - hrg?
id limit - - maksimal beli berapa
id limit - - boleh beli 5 ga
id restock - - kapan restock kak
id restock - - kapan ready lagi
id coupon - - ada voucher ga kak
id coupon - - kode diskonnya dong
id variant - - ada warna apa aja
id variant - - ada yang hitam gak
id unknown - - cantik banget kak
id unknown - - paketku belum sampai
id unknown - - ongkir berapa
id unknown - - bisa cod?
ms stock - - ada stok lagi tak
ms stock - - tinggal berapa je lagi ni
ms ships_to - MY boleh pos ke sabah tak
ms ships_to - BN ada hantar ke brunei?
ms delivery_time - - bila boleh sampai kalau order hari ni
ms delivery_time - - berapa hari sampai ye
ms price - - berapa harga ni sis
ms price PULSE-BLACK - gelang hitam tu berapa ringgit
ms limit - - sorang boleh beli berapa
ms restock - - bila nak restock
ms coupon - - ada baucar tak
ms coupon - - kod diskaun ada?
ms variant - - ada kaler lain tak
ms variant - - saiz apa ada
ms unknown - - assalamualaikum kak
ms unknown - - parcel saya tak sampai lagi
vi stock - - còn hàng không shop
vi stock - - con hang ko ad
vi stock - - hết hàng chưa ạ
vi ships_to - DE có ship sang Đức không
vi ships_to - VN giao về hà nội dc ko
vi delivery_time - - bao lâu nhận được hàng
vi delivery_time - - mấy ngày thì tới
vi price - - giá bao nhiêu vậy shop
vi price - - bn tiền
vi limit - - mỗi người mua được mấy cái
vi restock - - khi nào có hàng lại
vi coupon - - có mã giảm giá không
vi variant - - có màu nào khác không
vi stock - - còn màu đen không
vi unknown - - chị xinh quá
vi unknown - - em đặt tuần trước mà chưa nhận được
vi unknown - - phí ship bao nhiêu
zh stock - - 还有货吗
zh stock HALO-ROSE - 玫瑰金的戒指还剩几个
zh stock - - 卖完了吗😭
zh stock - - 還有嗎
zh ships_to - DE 能发德国吗
zh ships_to - MY 可以寄到马来西亚吗
zh ships_to - US 发美国不
zh ships_to - AU 澳洲能收到吗
zh delivery_time - - 多久能到
zh delivery_time - - 几天发货
zh price - - 多少钱
zh price - - 怎么卖的
zh price PULSE-BLACK - 黑色手环什么价
zh limit - - 限购几个
zh limit - - 一个人最多能买几件
zh restock - - 什么时候补货
zh restock - - 还会再上吗
zh coupon - - 有优惠券吗
zh coupon - - 能便宜点吗
zh variant - - 还有别的颜色吗
zh variant - - 有没有大码
zh unknown - - 主播好漂亮
zh unknown - - 我的快递怎么还没到
zh unknown - - 包邮吗
ja stock - - 在庫ありますか？
ja stock - - あと何個ですか
ja stock - - まだ買えますか
ja ships_to - DE ドイツに発送できますか
ja ships_to - - 海外発送してますか
ja delivery_time - - いつ届きますか
ja delivery_time - - 何日くらいで届く？
ja price - - いくらですか
ja price HALO-SILVER - シルバーのリングの値段は？
ja limit - - 一人何個まで買えますか
ja restock - - 再入荷はいつですか
ja coupon - - クーポンありますか
ja variant - - 他の色ありますか
ja variant - - Mサイズありますか
ja unknown - - こんばんは〜かわいい
ja unknown - - 先週注文したのにまだ届きません
ja unknown - - 送料いくらですか
ko stock - - 재고 있나요?
ko stock - - 몇개 남았어요
ko ships_to - US 미국 배송 되나요
ko ships_to - - 해외배송 가능한가요?
ko delivery_time - - 배송 얼마나 걸려요
ko delivery_time - - 언제 도착해요?
ko price - - 얼마예요
ko price HALO-ROSE - 로즈 반지 가격이 어떻게 되나요
ko limit - - 한 사람당 몇개까지 살 수 있어요
ko restock - - 재입고 언제 되나요
ko coupon - - 할인코드 있나요
ko variant - - 다른 색상 있어요?
ko variant - - 블랙도 있나요
ko unknown - - 언니 너무 예뻐요
ko unknown - - 주문한지 2주 됐는데 아직 안왔어요
ko unknown - - 배송비 얼마예요
th stock - - เหลือกี่ชิ้นคะ
th stock - - ยังมีของไหมคะ
th ships_to - LA ส่งลาวไหมคะ
th ships_to - - ส่งต่างประเทศได้ไหม
th delivery_time - - กี่วันได้ของคะ
th delivery_time - - ส่งนานไหม
th price - - ราคาเท่าไหร่คะ
th price - - เท่าไรครับ
th limit - - ซื้อได้กี่ชิ้นต่อคน
th restock - - ของเข้าอีกเมื่อไหร่คะ
th coupon - - มีโค้ดส่วนลดไหมคะ
th variant - - มีสีอะไรบ้าง
th variant - - มีสีดำไหมคะ
th unknown - - สวยมากค่ะ
th unknown - - ยังไม่ได้รับของเลยค่ะ สั่งไปอาทิตย์ที่แล้ว
th unknown - - ค่าส่งเท่าไหร่
en stock - - u still got any?
en stock - - did they all go already
en stock PULSE-BLACK - are the black ones gone
en stock - - r there enough 4 everyone
en stock - - whats the stock like
en ships_to - NZ any chance you deliver to new zealnd
en ships_to - SG can ship to sg anot
en ships_to - - do u guys ship overseas
en ships_to - IN I'm in India can I order
en delivery_time - - if i order now when do i get it
en delivery_time - CA how many days to toronto
en delivery_time - - can it get here by friday
en price TEMPO-CLIP - clip price pls
en price - - how much does this cost babe
en price - - cost?
en price - - what are you charging for it
en limit - - max order qty?
en limit - - can i get like 10 of them
en limit - - how many per customer
en restock - - is more coming
en restock - - when r they back
en restock - - will it be available again?
en coupon - - promo code plz
en coupon - - do new customers get a discount
en coupon - - anything off today?
en variant - - is there a small one
en variant - - does it come in gold
en variant - - only this color?
en unknown - - can you turn around so we can see the back
en unknown - - what's that song
en unknown - - i got mine today its so nice
en unknown - - does it tarnish
en unknown - - return policy?
en unknown - - who is the guy on the left lol
es stock - - hay disponibilidad todavía?
es stock - - me queda alguna para mí? jajaja
es stock PULSE-BLACK - aún tienen la pulsera negra
es ships_to - CO llega a colombia?
es ships_to - - hacen envíos internacionales
es ships_to - ES mandais a canarias
es delivery_time - - en cuántos días llega
es delivery_time - - me llegaría para el viernes?
es price - - a cómo está
es price - - en cuanto sale la arena
es limit - - puedo llevar tres?
es limit - - cuál es el máximo por cliente
es restock - - cuando habrá más
es restock - - habrá reposición?
es coupon - - algún descuentito?
es coupon - - no hay código promocional?
es variant - - solo ese color?
es variant - - la tienen en dorado
es unknown - - se oye bajito
es unknown - - me llegó roto el anillo
es unknown - - aceptan tarjeta?
de stock - - habt ihr noch welche
de stock - - wieviel stück sind noch auf lager
de stock PULSE-BLACK - das schwarze armband ist weg oder?
de ships_to - IT geht auch lieferung nach italien
de ships_to - - liefert ihr ins ausland
de ships_to - GB könnt ihr nach london schicken
de delivery_time - - wann wäre es da
de delivery_time - AT lieferzeit nach wien?
de delivery_time - - schafft ihr das bis samstag
de price - - was soll das kosten
de price HALO-SILVER - silberring preis
de limit - - gibts ne begrenzung pro person
de limit - - darf ich auch 3 nehmen
de restock - - bekommt ihr die nochmal rein
de restock - - wann wieder lieferbar
de coupon - - gibts heute prozente
de coupon - - rabatt für neukunden?
de variant - - habt ihr das in kleiner
de variant - - nur in der farbe?
de unknown - - mein ring ist kaputt gegangen
de unknown - - ist das echt silber
de unknown - - ich liebe deine videos
fr stock - - il vous en reste ?
fr stock - - y'en a encore ou pas
fr stock PULSE-BLACK - le bracelet noir est encore dispo ?
fr ships_to - RE vous expédiez à la réunion ?
fr ships_to - - livraison à l'étranger possible ?
fr ships_to - LU ça livre au luxembourg
fr delivery_time - - livré sous combien de jours
fr delivery_time - - je l'aurai avant samedi ?
fr price - - ça coûte cher ?
fr price - - il est à combien le bracelet sable
fr limit - - je peux en acheter 4 ?
fr limit - - c'est limité à combien
fr restock - - vous en aurez d'autres ?
fr restock - - c'est quand le réassort
fr coupon - - vous avez une promo aujourd'hui
fr coupon - - un bon de réduction svp
fr variant - - y a d'autres coloris ?
fr variant - - en taille M vous avez ?
fr unknown - - on entend rien
fr unknown - - ma commande est jamais arrivée
fr unknown - - on paye comment
pt stock - - sobrou algum?
pt stock PULSE-BLACK - a preta já acabou?
pt ships_to - AO vcs entregam em angola
pt ships_to - - fazem envio internacional?
pt delivery_time - - demora mt pra chegar?
pt delivery_time - - chega até sexta?
pt price - - qual o valor
pt price - - quanto fica
pt limit - - tem limite por cpf?
pt restock - - vai voltar a ter?
pt coupon - - tem algum descontinho
pt variant - - só tem essa cor?
pt unknown - - minha encomenda n chegou
pt unknown - - parcela em quantas vezes
id stock - - udah abis belum
id stock PULSE-BLACK - gelang hitam masih?
id ships_to - ID kirim ke papua bisa?
id ships_to - MY bisa ke malaysia gak kak
id delivery_time - - paket nyampenya berapa hari
id delivery_time - - bisa sampe sebelum lebaran?
id price - - ini berapaan kak
id price - - harga promonya?
id limit - - satu orang maks berapa pcs
id restock - - nanti ada lagi ga kak
id coupon - - ada potongan harga ga
id variant - - selain warna ini ada?
id unknown - - ini bahannya apa kak
id unknown - - udah transfer tapi belum diproses
ms stock - - dah habis ke?
ms stock - - ada lagi tak warna pasir
ms ships_to - - ada hantar luar negara?
ms delivery_time - - berapa lama nak sampai sabah
ms price - - ni brp
ms price - - harga lepas diskaun berapa
ms limit - - boleh ambil 3 tak
ms restock - - bila masuk stok baru
ms coupon - - ada promo tak hari ni
ms variant - - ada saiz besar tak
ms unknown - - macam mana nak bayar
ms unknown - - cantiknya akak
vi stock - - còn mấy cái vậy ad
vi stock HALO-SILVER - nhẫn bạc còn hàng k
vi ships_to - - ship nước ngoài ko shop
vi ships_to - JP gửi sang Nhật được không ạ
vi delivery_time - - đặt hôm nay bao giờ có
vi price - - cái này nhiêu tiền z
vi price - - giá sau giảm là bn
vi limit - - mua 5 cái được không
vi restock - - bao giờ về hàng nữa vậy
vi coupon - - có voucher ko shop ơi
vi variant - - có size L không
vi unknown - - có cho kiểm hàng không
vi unknown - - đổi trả thế nào
zh stock - - 库存多少
zh stock - - 抢不到了吗
zh stock PULSE-BLACK - 黑的还有吗
zh ships_to - CA 加拿大发吗
zh ships_to - - 国外可以买吗
zh ships_to - FR 法国能不能寄
zh delivery_time - - 下单后多久发货
zh delivery_time - - 周五前能收到吗
zh price - - 这个啥价
zh price - - 券后价多少
zh limit - - 可以买三个吗
zh restock - - 没货了什么时候再有
zh coupon - - 有没有折扣码
zh coupon - - 打几折
zh variant - - 只有这一个颜色吗
zh variant - - 有小号的吗
zh unknown - - 是真皮的吗
zh unknown - - 退货怎么退
zh unknown - - 哈哈哈哈太搞笑了
ja stock - - 残りわずか？
ja stock - - もう売り切れちゃった？
ja stock PULSE-BLACK - 黒のバンドはまだある？
ja ships_to - TW 台湾まで送ってもらえますか
ja ships_to - US アメリカ在住ですが買えますか
ja delivery_time - - クリスマスまでに届く？
ja delivery_time - - 発送はいつになりますか
ja price - - 値段教えて
ja price - - これ何円？
ja limit - - 3個買ってもいいですか
ja restock - - また入荷しますか
ja coupon - - 割引コード教えてください
ja variant - - 色違いありますか
ja variant - - もっと小さいサイズは？
ja unknown - - 金属アレルギーでも大丈夫？
ja unknown - - 返品できますか
ko stock - - 아직 남아있나요
ko stock - - 다 팔렸어요?
ko ships_to - CA 캐나다도 배송되나요
ko ships_to - DE 독일인데 주문 가능해요?
ko delivery_time - - 며칠 걸려요?
ko delivery_time - - 금요일까지 받을 수 있나요
ko price - - 얼만가요
ko price - - 할인하면 얼마에요
ko limit - - 세 개 사도 돼요?
ko restock - - 다시 들어오나요
ko coupon - - 쿠폰 주세요
ko variant - - 사이즈 뭐 있어요
ko variant - - 실버색은 없나요
ko unknown - - 반품 되나요
ko unknown - - 소리가 안들려요
th stock - - หมดหรือยังคะ
th stock PULSE-BLACK - สายรัดข้อมือสีดำเหลือไหม
th ships_to - JP ส่งญี่ปุ่นได้มั้ย
th ships_to - TH ส่งเชียงใหม่ไหมคะ
th delivery_time - - สั่งวันนี้ถึงเมื่อไหร่
th delivery_time - - ทันวันศุกร์ไหม
th price - - ตัวนี้กี่บาท
th price HALO-ROSE - แหวนสีชมพูราคาเท่าไร
th limit - - ซื้อ 3 ชิ้นได้ไหม
th restock - - จะมีของอีกไหม
th coupon - - มีคูปองไหมคะ
th variant - - มีไซส์ L ไหม
th variant - - มีสีอื่นอีกไหมคะ
th unknown - - ใส่แล้วคันไหม
th unknown - - จ่ายปลายทางได้ไหม
en stock - - down to the last few?
en stock HALO-ROSE - u have rose ring in stock?
en stock - - did i miss it
en stock - - still some left or nah
en ships_to - IE does it ship to ireland
en ships_to - JP japan delivery possible?
en ships_to - - which countries do you ship to
en delivery_time - - shipping time??
en delivery_time - - when should i expect it
en price - - price for one
en price - - how much is it in total
en price HALO-ROSE - rose ring price
en limit - - whats the max i can buy
en limit - - could i take two of those
en restock - - sold out :( will there be more?
en restock - - when's the next drop
en coupon - - is this on sale
en coupon - - code??
en variant - - what other colors
en variant - - got any bigger sizes
en unknown - - is shipping free
en unknown - - your voice is so soothing
en unknown - - my ring broke after a week
en unknown - - where are you guys from
es stock - - sigue disponible?
es stock - - se acabó ya?
es ships_to - PT envías a portugal
es ships_to - - a qué países mandáis
es delivery_time - - tiempo de entrega a madrid?
es delivery_time - - cuando me llega si lo pido ahora
es price TEMPO-CLIP - el clip a cuánto
es price - - valor?
es limit - - solo uno por persona?
es restock - - cuando repones
es coupon - - código de descuento porfa
es variant - - hay más colores?
es variant - - viene en talla S?
es unknown - - es plata de verdad?
es unknown - - el envío es gratis?
es unknown - - quiero devolver mi pulsera
de stock - - sind noch ringe da
de stock - - wie viele habt ihr noch übrig
de ships_to - ES versendet ihr nach spanien?
de ships_to - - in welche länder liefert ihr
de delivery_time - - lieferzeit?
de delivery_time - - kommt es vor montag
de price - - und der preis?
de price PULSE-BLACK - was kostet das schwarze band
de limit - - max pro kunde?
de restock - - kommt nochmal ne lieferung rein
de coupon - - gibt es einen gutscheincode
de variant - - welche farben gibts
de variant - - auch in gold?
de unknown - - versandkosten?
de unknown - - ist der ring wasserfest
de unknown - - danke für die schnelle lieferung
fr stock - - encore en stock ?
fr stock - - tout est vendu ?
fr ships_to - MA livrez vous au maroc
fr ships_to - - quels pays vous livrez ?
fr delivery_time - - livraison en combien de temps
fr delivery_time - - quand est ce que je le recevrai
fr price TEMPO-CLIP - le clip coûte combien
fr price - - prix ?
fr limit - - combien max par commande
fr restock - - réassort prévu ?
fr coupon - - code promo ?
fr variant - - quelles tailles ?
fr variant - - vous l'avez en doré ?
fr unknown - - livraison gratuite ?
fr unknown - - c'est de l'argent massif ?
pt stock - - tem em estoque?
pt stock - - acabou?
pt ships_to - ES entregam na espanha?
pt delivery_time - - em quantos dias chega
pt price - - valor do clipe?
pt limit - - posso pegar 4?
pt restock - - quando chega mais
pt coupon - - cupom?
pt variant - - tem outra cor?
pt unknown - - frete grátis?
pt unknown - - é prata mesmo?
id stock - - stoknya masih banyak?
id ships_to - SG bisa dikirim ke singapura?
id delivery_time - - estimasi sampai kapan
id price - - gelang pasir harganya brp
id limit - - bisa beli 3 pcs ga kak
id restock - - kapan stok lagi
id coupon - - ada diskon hari ini?
id variant - - warnanya apa aja kak
id unknown - - gratis ongkir ga
id unknown - - kak pakai baju apa itu bagus
ms stock - - stok banyak lagi ke
ms ships_to - SG hantar ke singapore boleh?
ms delivery_time - - bila dapat barang
ms price - - cincin ni harga berapa
ms limit - - had pembelian ada tak
ms restock - - akan restock ke
ms coupon - - ada kod promo?
ms variant - - ada warna lain?
ms unknown - - postage berapa
vi stock - - còn nhiều không ạ
vi ships_to - US có gửi qua Mỹ không shop
vi delivery_time - - mất bao lâu để nhận hàng
vi price - - vòng tay đen giá sao
vi limit - - tối đa mua mấy cái
vi restock - - shop có nhập thêm không
vi coupon - - đang có khuyến mãi gì
vi variant - - có mấy màu vậy
vi unknown - - freeship không
zh stock - - 还剩多少件
zh ships_to - GB 英国能寄吗
zh delivery_time - - 什么时候能到货
zh price - - 价格是多少
zh limit - - 每人限几单
zh restock - - 断货了还补吗
zh coupon - - 有什么优惠
zh variant - - 都有什么颜色
zh unknown - - 运费多少
zh unknown - - 主播声音好小
ja stock - - まだありますか？
ja ships_to - CN 中国に送れますか
ja delivery_time - - どのくらいで届きますか
ja price - - クリップいくら？
ja limit - - 購入制限ありますか
ja restock - - 次の入荷はいつ？
ja coupon - - 今日割引ありますか
ja variant - - 何色ありますか
ja unknown - - 送料無料ですか
ko stock - - 재고 얼마나 남았나요
ko ships_to - JP 일본으로 배송돼요?
ko delivery_time - - 언제쯤 받을 수 있어요
ko price - - 반지 얼마
ko limit - - 구매 제한 있나요
ko restock - - 언제 다시 입고돼요?
ko coupon - - 지금 할인 하나요
ko variant - - 무슨 색 있어요
ko unknown - - 무료배송인가요
th stock - - ของยังเหลือไหมคะ
th ships_to - MY ส่งมาเลเซียได้ไหม
th delivery_time - - ส่งกี่วันถึง
th price - - แหวนราคาเท่าไหร่คะ
th limit - - จำกัดคนละกี่ชิ้น
th restock - - เติมของเมื่อไหร่
th coupon - - มีส่วนลดไหม
th variant - - มีกี่สีคะ
th unknown - - ส่งฟรีไหม
en unknown - - when do you go live again
en unknown - - how long have you been doing this
en unknown - - how much do you weigh lol
en unknown - - do you have a store in london
en unknown - - what's it made of
es unknown - - cuánto pesa
es unknown - - me encanta el color
de unknown - - wie lange hält der akku
de unknown - - wann ist der nächste stream
fr unknown - - combien ça pèse
fr unknown - - c'est quand le prochain live
pt unknown - - quando é a próxima live
id unknown - - beratnya berapa
ms unknown - - live bila lagi ya cik
vi unknown - - chị bao nhiêu tuổi
zh unknown - - 下次直播什么时候
zh unknown - - 什么材质
ja unknown - - 次の配信はいつ
ko unknown - - 무게가 얼마나 돼요
th unknown - - ไลฟ์อีกเมื่อไหร่
en stock - - omg pls tell me there's still one for me 😭😭
en stock HALO-SILVER - hey so I was wondering if the silver ring is still available or did it sell out?
en ships_to - NO any shipping to norway guys
en delivery_time - - I'm going on vacation on the 20th, would I have it by then?
en price PULSE-BLACK - so what's the damage for the black band lol
en price - - is it under 50 bucks
en limit - - me and my sister both want 2, is that ok?
en restock - - missed it again!! when are you getting more in
en coupon - - heard there's a code going around, what is it?
en variant - - wish it came in blue, does it?
en unknown - - thats not what i asked lol
en unknown - - can u pin the comment
es stock HALO-SILVER - oye y del anillo plateado te queda alguno o ya voló
es ships_to - US vivo en miami, me lo pueden mandar?
es delivery_time - - lo necesito para mi boda el 15, da tiempo?
es price - - y eso q precio tiene guapa
es limit - - me puedo llevar dos o solo uno
es restock - - otra vez me quedé sin, cuándo traen más?
es coupon - - me dijeron que había un cupón, cuál es
es variant - - y en otro colorcito no lo tienen?
es unknown - - no me deja pagar
de stock - - bitte sag mir dass noch eins da ist
de ships_to - AT ich wohn in graz, geht das?
de delivery_time - - brauch das bis zum 20., klappt das?
de price HALO-ROSE - und der rosane ring, wie teuer?
de limit - - darf meine schwester auch noch einen oder nur einer pro haushalt
de restock - - mist verpasst, kommt da noch was nach?
de coupon - - hab gehört es gibt nen code?
de variant - - den gibts nur in sand oder?
de unknown - - ich kann nicht bezahlen
fr stock - - dites moi qu'il en reste svp
fr ships_to - BE je suis de bruxelles c'est possible ?
fr delivery_time - - j'en ai besoin pour le 20, ça arrivera à temps ?
fr price - - et du coup ça fait combien
fr limit - - j'en veux trois c'est possible ?
fr restock - - raté encore... vous en remettez quand ?
fr coupon - - paraît qu'il y a un code, c'est lequel ?
fr variant - - dommage que ce soit pas en bleu, si ?
fr unknown - - mon paiement ne passe pas
pt stock - - me diz que ainda tem 🙏
pt ships_to - PT sou do porto, mandam pra cá?
pt delivery_time - - preciso até dia 20, dá tempo?
pt price - - e quanto tá saindo esse aí
pt limit - - posso levar dois ou só um
pt restock - - perdi de novo, quando repõe?
pt coupon - - ouvi que tem um código, qual é?
pt variant - - só tem preta e areia?
id stock - - aduh masih kebagian ga ya kak
id ships_to - ID aku di makassar bisa kirim ga
id delivery_time - - butuh tanggal 20 kekejar ga kak
id price - - yang dipake kakak itu harganya berapa
id limit - - mau borong boleh ga
id restock - - kehabisan mulu, kapan ada lagi
id coupon - - katanya ada kode promo mana kak
ms stock - - sempat lagi tak nak beli ni
ms ships_to - MY saya kat kelantan boleh pos?
ms price - - yang akak pakai tu berapa
ms restock - - asyik habis je, bila ada lagi
vi stock - - trời ơi còn cái nào không shop ơi
vi ships_to - VN em ở cần thơ ship được không
vi delivery_time - - em cần trước ngày 20 có kịp không
vi price - - cái chị đang đeo bao nhiêu vậy
vi restock - - lại hết rồi, bao giờ có nữa ạ
zh stock - - 求求了还有没有啊
zh ships_to - SG 我在新加坡可以买吗
zh delivery_time - - 我20号要用，来得及吗
zh price - - 主播手上戴的那个多少钱
zh limit - - 我和我妹一人一个可以吗
zh restock - - 又没抢到，下次什么时候有
zh coupon - - 听说有码，是多少
ja stock - - お願いまだあるって言って
ja ships_to - HK 香港に住んでるんですけど届きますか
ja delivery_time - - 20日までに欲しいんですが間に合いますか
ja price - - 今つけてるやつおいくらですか
ja restock - - また買えなかった…次いつですか
ko stock - - 제발 하나만 남았다고 해줘요
ko ships_to - AU 시드니 사는데 배송되나요
ko delivery_time - - 20일까지 필요한데 받을 수 있을까요
ko price - - 지금 차고 계신 거 얼마예요
ko restock - - 또 못샀네 언제 또 들어와요
th stock - - ขอร้องเหลือสักชิ้นไหมคะ
th ships_to - LA อยู่เวียงจันทน์ส่งได้ไหมคะ
th delivery_time - - ต้องใช้วันที่ 20 ทันไหมคะ
th price - - ที่แม่ค้าใส่อยู่ราคาเท่าไหร่
th restock - - พลาดอีกแล้ว ของมาอีกเมื่อไหร่คะ
en stock - - how's stock looking
en delivery_time - - delivery to austin how long
en ships_to - - does this go to puerto rico
en price - - how much r they
en price - - whats it cost in euros
en coupon - - is the discount still on
en variant - - different color?
en restock - - pls bring more
en limit - - only 1 each?
es stock - - hay stock?
es price - - cuánto es con descuento
es ships_to - - también a canadá?
es coupon - - hay rebaja hoy
de stock - - wieviel gibts noch davon
de price - - kostenpunkt?
de ships_to - - auch in die niederlande?
de coupon - - irgendein rabatt heute?
fr stock - - dispo ?
fr price - - ça coûte
fr ships_to - - et en espagne ?
fr delivery_time - - combien de jours pour lille
pt stock - - ainda disponível?
pt price - - preço da prata
pt ships_to - - entregam no canadá?
pt delivery_time - - prazo pra curitiba?
id stock - - masih bisa order?
id price - - berapa nih
id ships_to - - ke kalimantan bisa ya
id coupon - - ada cashback?
ms price - - rm berapa
ms delivery_time - - pos berapa hari sampai
vi stock - - shop còn đen không
vi price - - bao nhiêu tiền 1 cái
vi ships_to - - ship tphcm không
zh stock - - 现货吗
zh price - - 价格？
zh ships_to - - 发不发香港
zh delivery_time - - 现在拍几号到
ja stock - - 残り何点？
ja price - - お値段は
ja ships_to - - 韓国発送可能？
ja delivery_time - - 届くまで何日
ko stock - - 재고 있어?
ko price - - 가격좀요
ko ships_to - - 대만 배송 가능?
ko coupon - - 할인 없나요
th stock - - ของหมดยัง
th price - - ราคาจ้า
th ships_to - - ส่งสิงคโปร์มั้ย
th delivery_time - - กี่วันถึงกรุงเทพ
en ships_to - FR and to france?
en unknown - - is this made in china?
de unknown - - ist das in china hergestellt?
en unknown - - hi from texas
en unknown - - first!!
en unknown - - you look amazing today
en unknown - - this is my third order, love everything
en unknown - - my mom would love that
en unknown - - the black suits you so well
en unknown - - got two last week, so pretty
en unknown - - good morning everyone
en unknown - - can you show it closer to the camera
en unknown - - what is it made of
en unknown - - is this real gold
en unknown - - how heavy is it
en unknown - - how do I clean it
en unknown - - does the battery last long
en unknown - - can men wear this
en unknown - - what time does the show end
en unknown - - when is your next live
en unknown - - how old are you
en unknown - - how many people are watching
en unknown - - price is crazy good
en unknown - - just ordered!!
en unknown - - i ordered 3
en unknown - - my payment failed
en unknown - - the app keeps crashing
en unknown - - lag lag lag
en unknown - - can you speak slower
en unknown - - where did you get your shirt
en unknown - - what's your instagram
en unknown - - shipping took forever last time
en unknown - - never got my refund
en unknown - - 10/10
en unknown - - wow only 5 left that was fast
en unknown - - is it heavy to wear all day
en unknown - - size of the box?
en unknown - - my wrist is 16cm will it fit
en unknown - - are you hiring
es unknown - - hola a todos desde madrid
es unknown - - que linda eres
es unknown - - ya compré dos
es unknown - - de qué material es
es unknown - - cuánto dura la batería
es unknown - - a qué hora termina el directo
es unknown - - cuándo es el próximo live
es unknown - - no se escucha nada
es unknown - - mi pedido llegó ayer, gracias
es unknown - - cómo se limpia
es unknown - - cuántos años tienes
es unknown - - quién es ella
de unknown - - hallo aus hamburg
de unknown - - schöne farbe
de unknown - - hab schon bestellt
de unknown - - woraus ist das gemacht
de unknown - - wie schwer ist der
de unknown - - meine schwester liebt das
de unknown - - der ton ist schlecht
de unknown - - wie alt bist du
de unknown - - kann man damit duschen
de unknown - - ist das für männer
fr unknown - - coucou de lyon
fr unknown - - trop beau
fr unknown - - j'ai déjà commandé
fr unknown - - c'est en quelle matière
fr unknown - - le son est mauvais
fr unknown - - tu as quel âge
fr unknown - - ça va à l'eau ?
fr unknown - - bonne soirée à tous
pt unknown - - oi de são paulo
pt unknown - - já comprei o meu
pt unknown - - qual o material
pt unknown - - quanto pesa
pt unknown - - que horas acaba a live
pt unknown - - pode molhar?
id unknown - - halo dari bandung
id unknown - - bagus banget kak
id unknown - - udah checkout
id unknown - - live lagi kapan
id unknown - - jam berapa selesai
id unknown - - kak suaranya kecil
id unknown - - bisa kena air ga
ms unknown - - dah order tadi
ms unknown - - material apa ni
vi unknown - - chào shop
vi unknown - - đẹp quá
vi unknown - - chất liệu gì vậy
vi unknown - - nặng bao nhiêu
vi unknown - - khi nào live tiếp
vi unknown - - đeo đi tắm được không
zh unknown - - 主播你好
zh unknown - - 已下单
zh unknown - - 多重
zh unknown - - 能防水吗
zh unknown - - 什么时候下播
zh unknown - - 主播多大了
zh unknown - - 声音听不清
zh unknown - - 老粉来了
ja unknown - - こんにちは
ja unknown - - 素材は何ですか
ja unknown - - 重さはどのくらい
ja unknown - - 何歳ですか
ja unknown - - 防水ですか
ja unknown - - もう買いました
ja unknown - - 音が小さい
ko unknown - - 안녕하세요
ko unknown - - 재질이 뭐예요
ko unknown - - 다음 방송 언제예요
ko unknown - - 몇살이에요
ko unknown - - 방수 되나요
ko unknown - - 벌써 샀어요
ko unknown - - 소리 작아요
th unknown - - สวัสดีค่ะ
th unknown - - ทำจากอะไรคะ
th unknown - - หนักเท่าไหร่
th unknown - - กันน้ำไหม
th unknown - - อายุเท่าไหร่คะ
th unknown - - สั่งแล้วค่ะ
en unknown - - morning from chicago
en unknown - - is the host single
en unknown - - can we see the other side
en unknown - - tell us about yourself
en unknown - - who won the giveaway
en unknown - - i already have the black one
en unknown - - bought 2 for my sister in germany
en unknown - - the delivery guy was so nice
en unknown - - i live in france and love your shows
en unknown - - does it hurt to take off
en unknown - - you guys are out of control
en unknown - - mods please ban him
en unknown - - link in bio?
en unknown - - can you wrap it as a gift
en unknown - - my skin turned green
en unknown - - warranty?
en unknown - - is this a one size thing with a clasp?
es unknown - - saludos desde colombia
es unknown - - ya me llegó el mío y es precioso
es unknown - - la otra vez me cobraron dos veces
es unknown - - se puede mojar
es unknown - - tienen tienda física
de unknown - - grüße aus österreich
de unknown - - hab meins gestern bekommen
de unknown - - läuft die kette an
de unknown - - könnt ihr die kamera näher halten
de unknown - - habt ihr einen laden
fr unknown - - bonjour de marseille
fr unknown - - j'ai reçu la mienne hier
fr unknown - - ça noircit avec le temps ?
fr unknown - - vous avez une boutique ?
pt unknown - - oi do rio
pt unknown - - recebi a minha ontem, amei
pt unknown - - escurece com o tempo?
pt unknown - - vocês têm loja física?
id unknown - - punyaku udah dateng kemarin
id unknown - - luntur ga kak
id unknown - - ada toko offlinenya?
ms unknown - - salam dari sabah
ms unknown - - saya punya dah sampai semalam
ms unknown - - kedai kat mana
vi unknown - - chào từ hà nội
vi unknown - - mình nhận được hôm qua rồi, đẹp lắm
vi unknown - - có bị đen không
vi unknown - - shop ở đâu
zh unknown - - 来自广州
zh unknown - - 我昨天收到了很喜欢
zh unknown - - 会不会掉色
zh unknown - - 有实体店吗
ja unknown - - 大阪から見てます
ja unknown - - 昨日届きました
ja unknown - - 錆びますか
ja unknown - - 実店舗ありますか
ko unknown - - 부산에서 보고 있어요
ko unknown - - 어제 받았는데 너무 예뻐요
ko unknown - - 변색 되나요
ko unknown - - 매장 있나요
th unknown - - ดูจากเชียงใหม่ค่ะ
th unknown - - ได้ของเมื่อวานแล้ว สวยมาก
th unknown - - ลอกไหมคะ
th unknown - - มีหน้าร้านไหม
en stock HALO-ROSE - any rose rings remaining?
en price - - can someone tell me the price pls
en ships_to - KR hi do you guys send to korea
en delivery_time - - roughly how long for delivery
en limit - - can i order more than one
en restock - - when you getting stock again
en coupon - - have you got a voucher
en variant - - is there another colour
en unknown - - my sound is broken or is it just me
en unknown - - order still says processing
es stock - - se puede comprar todavía?
es price - - me dices el precio?
es ships_to - GT envían a guatemala
es delivery_time - - cuántos días demora
es coupon - - tienes un código?
es variant - - en plateado lo tienes?
es unknown - - mi paquete está perdido
de stock - - ist noch was auf lager
de price HALO-ROSE - preis für den rosa ring?
de ships_to - BE liefert ihr auch nach belgien
de delivery_time - - wie viele tage dauert das
de coupon - - wo finde ich den code
de variant - - gibts noch andere farben
de unknown - - wie kann ich zurückschicken
fr stock PULSE-BLACK - il reste des bracelets noirs ?
fr price - - vous pouvez redire le prix
fr ships_to - CA vous livrez à montréal
fr delivery_time - - c'est long la livraison ?
fr coupon - - le code promo c'est quoi
fr variant - - vous avez quoi comme couleurs
fr unknown - - je veux un remboursement
pt stock - - ainda dá pra comprar?
pt price TEMPO-CLIP - qual o preço do clip
pt ships_to - MZ entregam em moçambique
pt delivery_time - - qual o prazo pra chegar
pt coupon - - qual é o código de desconto
pt variant - - tem em outra cor
id stock HALO-SILVER - cincin silver masih ready?
id price - - harganya berapa ya kak
id ships_to - - bisa kirim ke bali
id delivery_time - - kapan sampainya kalau pesan sekarang
id coupon - - kode vouchernya apa
id variant - - warna lain ada ga
ms stock - - gelang ni ada stok lagi?
ms price - - berapa harga gelang ni
ms ships_to - - boleh hantar ke kuching?
ms coupon - - kod voucher apa ye
vi stock - - shop ơi còn hàng không ạ
vi price - - cho hỏi giá bao nhiêu
vi ships_to - - có ship về đà nẵng không
vi coupon - - mã giảm giá là gì ạ
zh stock - - 这个还有库存吗
zh price - - 请问多少钱一个
zh ships_to - KR 韩国可以发货吗
zh delivery_time - - 到上海要多少天
zh coupon - - 优惠码是什么
zh unknown - - 怎么联系客服
ja stock - - こちらまだ在庫ございますか
ja price - - こちらおいくらになりますか
ja ships_to - AU オーストラリアへ発送可能ですか
ja coupon - - クーポンコードはありますか
ja unknown - - 注文のキャンセルはできますか
ko stock - - 혹시 재고 남아 있을까요
ko price - - 이거 가격 얼마인가요
ko ships_to - VN 베트남도 배송 가능할까요
ko coupon - - 쿠폰 코드 뭐예요
ko unknown - - 주문 취소하고 싶어요
th stock - - ตัวนี้ยังมีอยู่ไหมคะ
th price - - ขอราคาหน่อยค่ะ
th ships_to - KH ส่งกัมพูชาได้ไหมคะ
th coupon - - โค้ดส่วนลดคืออะไรคะ
th unknown - - ขอยกเลิกออเดอร์ค่ะ
"""
